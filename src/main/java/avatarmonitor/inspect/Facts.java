package avatarmonitor.inspect;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Conditions} judges.
 *
 * @param at when it was read
 * @param counts as in {@link Overview}
 * @param lateMostSeconds as in {@link Overview}
 * @param since as in {@link Overview}
 * @param workers all that are known
 * @param lasting what events said and no later one took back
 * @param faults what is wrong with the schedule, by kind
 */
public record Facts(
        Instant at,
        Map<String, Long> counts,
        long lateMostSeconds,
        Map<String, Instant> since,
        List<WorkerFacts> workers,
        List<Fault> faults,
        LastingEvents lasting) {
    /** A scan each minute schedules new trainings; one of them may fail. */
    private static final Duration SCHEDULED_WITHIN = Duration.ofMinutes(2);

    /** Facts of which no event tells, nor since when they hold. */
    public Facts(
            Instant at, Map<String, Long> counts, long lateMostSeconds, List<WorkerFacts> workers, List<Fault> faults) {
        this(at, counts, lateMostSeconds, Map.of(), workers, faults, LastingEvents.none());
    }

    /**
     * What is wrong with the schedule, all of one kind.
     *
     * @param count how many; may be the limit of a count that was cut off
     * @param subject an example
     * @param problem of the example, in words
     */
    public record Fault(String kind, long count, String subject, String problem) {}

    /** The facts of an overview. */
    public static Facts of(Overview overview, List<Fault> faults, Instant at) {
        return new Facts(
                at,
                overview.counts(),
                overview.lateMostSeconds(),
                overview.since(),
                overview.workers().stream().map(WorkerFacts::of).toList(),
                faults,
                overview.lasting());
    }

    long count(String name) {
        return counts.getOrDefault(name, 0L);
    }

    /** Workers that are alive. */
    public long workersAlive() {
        return alive().size();
    }

    /** Whether a worker is the first by name of those that are alive: it speaks for all. */
    public boolean isFirstAlive(String worker) {
        return alive().stream()
                .map(WorkerFacts::name)
                .min(Comparator.naturalOrder())
                .filter(worker::equals)
                .isPresent();
    }

    /** Whether trainings without a trigger are so new that the next scan can still be expected to schedule them. */
    boolean unmonitoredAreNew() {
        Instant first = since.get("unmonitored");
        return first != null && first.plus(SCHEDULED_WITHIN).isAfter(at);
    }

    List<WorkerFacts> alive() {
        return workers.stream().filter(WorkerFacts::alive).toList();
    }

    /** Requests per second that checking every monitored training once in each interval takes; empty when no worker says its interval. */
    public Optional<Double> neededPerSecond() {
        return interval().map(interval -> count("watched") * 1000.0 / interval.toMillis());
    }

    /** Requests per second that the workers which are alive may send together; empty when none says its limit. */
    public Optional<Long> allowedPerSecond() {
        long allowed =
                alive().stream().mapToLong(WorkerFacts::requestsPerSecondMax).sum();
        return allowed == 0 ? Optional.empty() : Optional.of(allowed);
    }

    /** The time between two checks of one avatar; the shortest where workers disagree. */
    Optional<Duration> interval() {
        return alive().stream()
                .map(WorkerFacts::interval)
                .flatMap(Stream::ofNullable)
                .min(Duration::compareTo);
    }

    /** Requests to fal in the last minute, of all workers that are alive. */
    public long requests() {
        return alive().stream().mapToLong(WorkerFacts::requests).sum();
    }

    /** How many of {@link #requests} fal answered. */
    public long answered() {
        return alive().stream().mapToLong(WorkerFacts::answered).sum();
    }

    /** Since when no worker has had an answer; null when one of them has, or none has asked. */
    public @Nullable Instant silentSince() {
        return requests() == 0 || answered() > 0
                ? null
                : alive().stream()
                        .map(WorkerFacts::silentSince)
                        .filter(Objects::nonNull)
                        .map(Objects::requireNonNull)
                        .min(Instant::compareTo)
                        .orElse(null);
    }
}
