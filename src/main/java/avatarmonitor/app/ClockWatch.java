package avatarmonitor.app;

import avatarmonitor.event.Event;
import avatarmonitor.event.EventLog;
import avatarmonitor.event.EventType;
import avatarmonitor.store.ClockOffset;
import avatarmonitor.store.Database;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says when a running worker's clock goes wrong, by the database's, and when it is right again. For one thread. */
final class ClockWatch {
    /** How often to look. */
    static final Duration PERIOD = Duration.ofSeconds(30);

    private static final Logger log = LoggerFactory.getLogger(ClockWatch.class);

    private final Database database;
    private final EventLog events;
    private final InstantSource clock;
    private final String worker;
    private boolean off;

    /** For a worker whose clock was found right. */
    ClockWatch(Database database, EventLog events, InstantSource clock, String worker) {
        this.database = database;
        this.events = events;
        this.clock = clock;
        this.worker = worker;
    }

    /**
     * Looks once.
     *
     * @throws avatarmonitor.store.StoreException when the database failed; a change is then told by the next look
     */
    void look() {
        ClockOffset offset = ClockOffset.measure(database, clock);
        if (offset.tooLarge() == off) {
            return;
        }
        append(offset, off ? EventType.CLOCK_RIGHT : EventType.CLOCK_OFF);
        off = !off;
        if (off) {
            log.error(
                    "clock is wrong, checks come early or late: let NTP set it database_ahead_ms={}",
                    offset.ahead().toMillis());
        } else {
            log.info("clock is right again database_ahead_ms={}", offset.ahead().toMillis());
        }
    }

    /** At the database's time: ours is wrong. */
    private void append(ClockOffset offset, EventType type) {
        Instant at = clock.instant().plus(offset.ahead());
        JsonObject detail = new JsonObject();
        detail.addProperty("database_ahead_ms", offset.ahead().toMillis());
        database.inTransaction(connection -> {
            events.append(connection, new Event(at, null, null, worker, type, detail));
            return true;
        });
    }
}
