package avatarmonitor.app.limit;

import avatarmonitor.event.EventType;
import avatarmonitor.event.EventWriter;
import avatarmonitor.inspect.Facts;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stretches intervals while the rate limit of the cluster is too low for the trainings. Tells once when it becomes so,
 * and once when it is enough again: the first of the workers that are alive tells it for all. For one thread.
 */
public final class RateWatch {
    private static final Logger log = LoggerFactory.getLogger(RateWatch.class);

    private final EventWriter events;
    private final Stretch stretch;

    public RateWatch(EventWriter events, Stretch stretch) {
        this.events = events;
        this.stretch = stretch;
    }

    /** Returns the event that is due; empty when there is none. */
    static Optional<EventType> change(boolean low, double needed, double allowed) {
        if (!low && needed > allowed) {
            return Optional.of(EventType.RATE_TOO_LOW);
        }
        return low && needed <= allowed * Stretch.ENOUGH ? Optional.of(EventType.RATE_RIGHT) : Optional.empty();
    }

    /**
     * Evaluates facts that were read from the database.
     *
     * @throws avatarmonitor.store.StoreException when the database failed; a change is then written at the next
     *     call
     */
    public void evaluate(Facts facts) {
        Optional<Double> needed = facts.neededPerSecond();
        Optional<Long> allowed = facts.allowedPerSecond();
        if (needed.isEmpty() || allowed.isEmpty()) {
            return;
        }
        stretch.update(facts, needed.get(), allowed.get());
        if (facts.isFirstAlive(events.worker())) {
            long seconds = facts.stretchedInterval().orElse(Duration.ZERO).toSeconds();
            change(facts.lasting().rateTooLowSince() != null, needed.get(), allowed.get())
                    .ifPresent(type -> append(type, needed.get(), allowed.get(), seconds));
        }
    }

    private void append(EventType type, double needed, long allowed, long intervalSeconds) {
        JsonObject detail = new JsonObject();
        detail.addProperty("needed_per_second", Math.round(needed * 10) / 10.0);
        detail.addProperty("allowed_per_second", allowed);
        detail.addProperty("interval_seconds", intervalSeconds);
        events.write(type, detail);
        if (type == EventType.RATE_TOO_LOW) {
            log.warn(
                    "rate limit is too low, trainings are checked less often: raise fal.requests-per-second or monitor.interval"
                            + " needed_per_second={} allowed_per_second={} interval_s={}",
                    needed,
                    allowed,
                    intervalSeconds);
        } else {
            log.info("rate limit is enough again needed_per_second={} allowed_per_second={}", needed, allowed);
        }
    }
}
