package avatarmonitor.app;

import avatarmonitor.event.EventType;
import avatarmonitor.event.EventWriter;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import avatarmonitor.store.clock.ClockOffset;
import avatarmonitor.store.clock.ClockSkewDetector;
import avatarmonitor.store.clock.DatabaseTime;
import avatarmonitor.store.sql.Dialect;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares a worker's clock with the database's, and writes an event and a log line when it goes wrong and when it is
 * right again. Not thread-safe.
 */
final class ClockWatch {
    /** Interval of the comparison. */
    static final Duration PERIOD = Duration.ofSeconds(1);

    private static final Logger log = LoggerFactory.getLogger(ClockWatch.class);

    private final Database database;
    private final EventWriter events;
    private final ClockSkewDetector guard;
    private final InstantSource clock;
    private final Runnable changed;
    private boolean logged;
    private boolean reported;

    /**
     * For a worker whose clock is right at the start.
     *
     * @param clock the guarded one
     * @param changed called after each change, so that threads that wait by the wrong clock recompute their wait
     */
    ClockWatch(Database database, EventWriter events, ClockSkewDetector guard, InstantSource clock, Runnable changed) {
        this.database = database;
        this.events = events;
        this.guard = guard;
        this.clock = clock;
        this.changed = changed;
    }

    /**
     * Compares once.
     *
     * @throws StoreException when the database failed; a change is then written at the next call
     */
    void compare() {
        ClockOffset offset;
        try {
            ClockSkewDetector.Reading asked = guard.read();
            offset = ClockOffset.measure(database, clock);
            guard.measured(offset, asked);
        } catch (StoreException e) {
            log(guard.trouble());
            throw e;
        }
        Optional<String> trouble = guard.trouble();
        log(trouble);
        if (trouble.isPresent() != reported) {
            boolean off = trouble.isPresent();
            append(off ? EventType.CLOCK_OFF : EventType.CLOCK_RIGHT, off ? guard.ahead() : offset.ahead());
            reported = !reported;
        }
    }

    private void log(Optional<String> trouble) {
        if (trouble.isPresent() == logged) {
            return;
        }
        logged = !logged;
        if (logged) {
            log.error(
                    "clock is wrong, this worker fires, repairs and deletes nothing until it is right: let NTP set it"
                            + " problem={} database_ahead_ms={}",
                    trouble.orElse(""),
                    guard.ahead().toMillis());
        } else {
            log.info("clock is right again, this worker goes on");
        }
        changed.run();
    }

    /** Appends the event with the database's time; on H2, where that is equally wrong, with the corrected time. */
    private void append(EventType type, Duration ahead) {
        JsonObject detail = new JsonObject();
        detail.addProperty("database_ahead_ms", ahead.toMillis());
        Instant at = database.dialect() == Dialect.POSTGRESQL ? DatabaseTime.now(database) : guard.instant();
        events.write(events.event(at, null, null, type, detail));
    }
}
