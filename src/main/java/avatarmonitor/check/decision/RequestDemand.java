package avatarmonitor.check.decision;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Requests per second that all monitored trainings need, by the weight of their priorities, and how a rate limit that
 * is lower is shared: weighted max-min fairness (water filling). A training never gets more than it needs, and those
 * that need more than their share get shares in proportion to their weights. Pure: the same groups give the same
 * factor on every worker.
 */
public final class RequestDemand {
    /** Requests per second by weight, the least weight first. */
    private final TreeMap<Double, Double> perSecond = new TreeMap<>();

    private RequestDemand() {}

    /**
     * Trainings with the same settings of their own.
     *
     * @param interval see {@link Overrides#interval}
     * @param priority see {@link Overrides#priority}
     * @param trainings their number
     */
    public record Group(
            @Nullable Duration interval, @Nullable Integer priority, long trainings) {}

    /**
     * Adds up the needs.
     *
     * @param interval {@code monitor.interval}
     * @param monitored number of all monitored trainings
     * @param own those of them whose interval or priority is their own
     */
    public static RequestDemand of(Duration interval, long monitored, List<Group> own) {
        RequestDemand demand = new RequestDemand();
        long others = monitored;
        for (Group group : own) {
            Duration wanted = group.interval == null ? interval : group.interval;
            demand.add(group.priority, group.trainings, atFires(wanted, interval));
            others -= group.trainings;
        }
        // The groups were counted a moment after all trainings.
        demand.add(null, Math.max(0, others), interval);
        return demand;
    }

    /** A longer interval ends at the nearest fire of its trigger, which may be earlier. */
    private static Duration atFires(Duration own, Duration interval) {
        long fires = (long) Math.ceil(own.toMillis() / (double) interval.toMillis() - 0.5);
        Duration nearest = interval.multipliedBy(Math.max(1, fires));
        return own.compareTo(interval) > 0 && nearest.compareTo(own) < 0 ? nearest : own;
    }

    private void add(@Nullable Integer priority, long trainings, Duration interval) {
        if (trainings > 0) {
            perSecond.merge(Overrides.weight(priority), trainings * 1000.0 / interval.toMillis(), Double::sum);
        }
    }

    /** Requests per second needed to check every training once per interval. */
    public double perSecond() {
        return perSecond.values().stream().mapToDouble(Double::doubleValue).sum();
    }

    /**
     * Returns the factor by which the waits of ordinary trainings are longer so that all together send this many
     * requests per second; 0 when these suffice. Waits of others are longer by {@link Overrides#factor}. It may be less
     * than 1: then only trainings of lower priority wait longer.
     *
     * @param available requests per second, more than 0
     */
    public double stretch(double available) {
        double unstretched = perSecond();
        if (unstretched <= available) {
            return 0;
        }
        // Stretches one weight after the other, until the next one gets what it needs.
        double weighted = 0;
        double stretch = 0;
        for (Map.Entry<Double, Double> group : perSecond.entrySet()) {
            if (stretch > 0 && stretch <= group.getKey()) {
                return stretch;
            }
            weighted += group.getKey() * group.getValue();
            unstretched -= group.getValue();
            double left = available - Math.max(0, unstretched);
            stretch = left > 0 ? weighted / left : Double.POSITIVE_INFINITY;
        }
        return stretch;
    }
}
