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

/** Compares a running worker's clock with the database's again and again, and says when it goes wrong and when it is right again. */
final class ClockWatch {
    private static final Logger log = LoggerFactory.getLogger(ClockWatch.class);

    /** How often {@link #look} is to be called. */
    static final Duration PERIOD = Duration.ofSeconds(30);

    private final Database database;
    private final EventLog events;
    private final InstantSource clock;
    private final String worker;
    private boolean off;

    ClockWatch(Database database, EventLog events, InstantSource clock, String worker) {
        this.database = database;
        this.events = events;
        this.clock = clock;
        this.worker = worker;
    }

    /** Compares once, and tells when that changed since the last look. */
    void look() {
        ClockOffset offset = ClockOffset.measure(database, clock);
        if (offset.tooLarge() != off) {
            tell(offset);
        }
    }

    /** The line of the log comes after the event, so that a change that could not be written is told by the next look, once. */
    private void tell(ClockOffset offset) {
        // The database's time: ours is wrong.
        Instant at = clock.instant().plus(offset.ahead());
        EventType type = off ? EventType.CLOCK_RIGHT : EventType.CLOCK_OFF;
        JsonObject detail = new JsonObject();
        detail.addProperty("database_ahead_ms", offset.ahead().toMillis());
        database.inTransaction(connection -> {
            events.append(connection, new Event(at, null, null, worker, type, detail));
            return true;
        });
        off = !off;
        if (off) {
            log.error(
                    "clock is wrong, checks come early or late: let NTP set it database_ahead_ms={}",
                    offset.ahead().toMillis());
        } else {
            log.info("clock is right again database_ahead_ms={}", offset.ahead().toMillis());
        }
    }
}
