package avatarmonitor.app;

import avatarmonitor.event.Event;
import avatarmonitor.event.EventLog;
import avatarmonitor.event.EventType;
import avatarmonitor.inspect.Facts;
import avatarmonitor.store.Database;
import com.google.gson.JsonObject;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes an event once when the rate limits of all workers together are too low for the trainings, and once when they
 * are high enough again. The first live worker by name does so for the cluster. Not thread-safe.
 */
final class RateWatch {
    /** Share of the limit below which it is high enough again: hysteresis for a load around the limit. */
    private static final double ENOUGH = 0.9;

    private static final Logger log = LoggerFactory.getLogger(RateWatch.class);

    private final Database database;
    private final EventLog events;
    private final InstantSource clock;
    private final String worker;

    RateWatch(Database database, EventLog events, InstantSource clock, String worker) {
        this.database = database;
        this.events = events;
        this.clock = clock;
        this.worker = worker;
    }

    /** Returns the event that is due; empty when there is none. */
    static Optional<EventType> change(boolean low, double needed, double allowed) {
        if (!low && needed > allowed) {
            return Optional.of(EventType.RATE_TOO_LOW);
        }
        return low && needed <= allowed * ENOUGH ? Optional.of(EventType.RATE_RIGHT) : Optional.empty();
    }

    /**
     * Evaluates facts that were read from the database.
     *
     * @throws avatarmonitor.store.StoreException when the database failed; a change is then written at the next
     *     call
     */
    void look(Facts facts) {
        Optional<Double> needed = facts.neededPerSecond();
        Optional<Long> allowed = facts.allowedPerSecond();
        if (needed.isEmpty() || allowed.isEmpty() || !facts.isFirstAlive(worker)) {
            return;
        }
        change(facts.lasting().rateTooLowSince() != null, needed.get(), allowed.get())
                .ifPresent(type -> append(type, needed.get(), allowed.get()));
    }

    private void append(EventType type, double needed, long allowed) {
        JsonObject detail = new JsonObject();
        detail.addProperty("needed_per_second", Math.round(needed * 10) / 10.0);
        detail.addProperty("allowed_per_second", allowed);
        database.inTransaction(connection -> {
            events.append(connection, new Event(clock.instant(), null, null, worker, type, detail));
            return true;
        });
        if (type == EventType.RATE_TOO_LOW) {
            log.warn(
                    "rate limit is too low, trainings are checked less often: raise fal.requests-per-second, start more workers or"
                            + " raise monitor.interval needed_per_second={} allowed_per_second={}",
                    needed,
                    allowed);
        } else {
            log.info("rate limit is enough again needed_per_second={} allowed_per_second={}", needed, allowed);
        }
    }
}
