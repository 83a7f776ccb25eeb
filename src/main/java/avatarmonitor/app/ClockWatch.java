package avatarmonitor.app;

import avatarmonitor.event.Event;
import avatarmonitor.event.EventLog;
import avatarmonitor.event.EventType;
import avatarmonitor.store.ClockOffset;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compares a running worker's clock with the database's again and again, and says when it goes wrong and when it is right again. */
final class ClockWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ClockWatch.class);
    private static final Duration PERIOD = Duration.ofSeconds(30);

    private final Database database;
    private final EventLog events;
    private final InstantSource clock;
    private final String worker;
    private final ScheduledThreadPoolExecutor timer;
    private boolean off;

    private ClockWatch(Database database, EventLog events, InstantSource clock, String worker) {
        this.database = database;
        this.events = events;
        this.clock = clock;
        this.worker = worker;
        this.timer = new ScheduledThreadPoolExecutor(1, look -> {
            Thread thread = new Thread(look, worker + "-clock");
            thread.setDaemon(true);
            return thread;
        });
    }

    static ClockWatch start(Database database, EventLog events, InstantSource clock, String worker) {
        return start(database, events, clock, worker, PERIOD);
    }

    static ClockWatch start(Database database, EventLog events, InstantSource clock, String worker, Duration period) {
        ClockWatch watch = new ClockWatch(database, events, clock, worker);
        ScheduledFuture<?> unused = watch.timer.scheduleWithFixedDelay(
                watch::look, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
        return watch;
    }

    private void look() {
        try {
            ClockOffset offset = ClockOffset.measure(database, clock);
            if (offset.tooLarge() != off) {
                tell(offset);
            }
        } catch (StoreException e) {
            // The scheduler says that the database is away; the next look makes this one good.
            log.debug("clock not compared", e);
        } catch (RuntimeException e) {
            log.error("clock could not be compared by a defect of this program", e);
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

    /** Looks no more, without waiting for a look that is under way: an interrupt of it could close an embedded database. */
    @Override
    public void close() {
        timer.shutdown();
    }
}
