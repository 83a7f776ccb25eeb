package avatarmonitor.inspect;

import avatarmonitor.check.decision.Overrides;
import avatarmonitor.check.decision.RequestDemand;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Input of {@link Conditions}.
 *
 * @param at time of reading
 * @param counts as in {@link Overview}
 * @param lateMostSeconds as in {@link Overview}
 * @param since as in {@link Overview}
 * @param workers all known workers
 * @param faults schedule faults by kind
 * @param lasting as in {@link Overview}
 * @param overridden as in {@link Overview}
 */
public record Facts(
        Instant at,
        Map<String, Long> counts,
        long lateMostSeconds,
        Map<String, Instant> since,
        List<WorkerFacts> workers,
        List<Fault> faults,
        LastingEvents lasting,
        List<RequestDemand.Group> overridden) {
    /** Time in which new trainings are scheduled: a scan runs each minute, and one of them may fail. */
    private static final Duration SCHEDULED_WITHIN = Duration.ofMinutes(2);

    /**
     * Share of the rate limit that regular checks take when intervals are stretched; the rest is for operators, results
     * and bursts.
     */
    private static final double USED = 0.95;

    /**
     * Schedule faults of one kind.
     *
     * @param count number of faults; may be the limit of a truncated count
     * @param subject an example
     * @param problem description of the example
     */
    public record Fault(String kind, long count, String subject, String problem) {}

    public static Facts of(Overview overview, List<Fault> faults, Instant at) {
        return new Facts(
                at,
                overview.counts(),
                overview.lateMostSeconds(),
                overview.since(),
                overview.workers().stream().map(WorkerFacts::of).toList(),
                faults,
                overview.lasting(),
                overview.overridden());
    }

    long count(String name) {
        return counts.getOrDefault(name, 0L);
    }

    /** Number of live workers. */
    public long workersAlive() {
        return alive().size();
    }

    /** Returns whether a worker is the first live one by name, which reports for the whole cluster. */
    public boolean isFirstAlive(String worker) {
        return alive().stream()
                .map(WorkerFacts::name)
                .min(Comparator.naturalOrder())
                .filter(worker::equals)
                .isPresent();
    }

    /** Returns whether all trainings without a trigger are so new that the next scan is expected to schedule them. */
    boolean unmonitoredAreNew() {
        Instant first = since.get("unmonitored");
        return first != null && first.plus(SCHEDULED_WITHIN).isAfter(at);
    }

    List<WorkerFacts> alive() {
        return workers.stream().filter(WorkerFacts::alive).toList();
    }

    /**
     * Requests per second needed to check every monitored training once in its own interval; empty when none reports
     * its interval.
     */
    public Optional<Double> neededPerSecond() {
        return demand().map(RequestDemand::perSecond);
    }

    private Optional<RequestDemand> demand() {
        return interval().map(interval -> RequestDemand.of(interval, count("watched"), overridden));
    }

    /** Rate limit of the cluster in requests per second, the lowest when workers differ; empty when none reports it. */
    public Optional<Long> allowedPerSecond() {
        return alive().stream()
                .map(WorkerFacts::requestsPerSecondMax)
                .filter(allowed -> allowed > 0)
                .min(Long::compareTo);
    }

    /**
     * Factor by which the intervals of ordinary trainings are longer, so that all checks together take no more than the
     * rate limit allows, see {@link RequestDemand#stretch}; 0 when it suffices, or when it is unknown.
     */
    public double stretch() {
        double allowed = allowedPerSecond().orElse(0L) * USED;
        return allowed == 0
                ? 0
                : demand().map(demand -> demand.stretch(allowed)).orElse(0.0);
    }

    /**
     * Effective time between two checks of an ordinary training: longer than the interval while the rate limit is too
     * low; empty when unknown.
     */
    public Optional<Duration> stretchedInterval() {
        boolean low = neededPerSecond().orElse(0.0) > allowedPerSecond().orElse(Long.MAX_VALUE);
        double factor = low ? Overrides.NONE.factor(stretch()) : 1;
        return interval().map(interval -> Duration.ofMillis(Math.round(interval.toMillis() * factor)));
    }

    /** Mean time between two checks of one training while the rate limit is too low. */
    Duration meanWait(long allowedPerSecond) {
        return Duration.ofMillis(Math.round(count("watched") * 1000 / (allowedPerSecond * USED)));
    }

    /** Time between two checks of one avatar; the shortest when workers differ. */
    Optional<Duration> interval() {
        return alive().stream()
                .flatMap(worker -> Stream.ofNullable(worker.interval()))
                .min(Duration::compareTo);
    }

    /** Requests to fal in the last minute, of all live workers. */
    public long requests() {
        return alive().stream().mapToLong(WorkerFacts::requests).sum();
    }

    /** How many of {@link #requests} fal answered. */
    public long answered() {
        return alive().stream().mapToLong(WorkerFacts::answered).sum();
    }

    /** Returns since when no worker has had an answer; null when one has, or no request was sent. */
    public @Nullable Instant silentSince() {
        return requests() == 0 || answered() > 0
                ? null
                : alive().stream()
                        .flatMap(worker -> Stream.ofNullable(worker.silentSince()))
                        .min(Instant::compareTo)
                        .orElse(null);
    }
}
