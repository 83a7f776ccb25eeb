package avatarmonitor.alert;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Detects workers that have left the cluster. A worker counts as gone only after {@link #GONE_AFTER} of absence, since
 * one that has just started writes events before it is listed, and one that was wrongly removed comes back. Not
 * thread-safe.
 */
final class MissingWorkers {
    /** Several check-in intervals of a worker. */
    static final Duration GONE_AFTER = Duration.ofSeconds(30);

    private final Map<String, Instant> since = new HashMap<>();

    Set<String> gone(Set<String> named, Set<String> living, Instant now) {
        Set<String> missing = new HashSet<>(named);
        missing.removeAll(living);
        since.keySet().retainAll(missing);
        // Keep the earlier time, so that a clock set back does not keep a worker.
        missing.forEach(name -> since.merge(name, now, (known, look) -> known.isBefore(look) ? known : look));
        return since.entrySet().stream()
                .filter(absence -> !now.isBefore(absence.getValue().plus(GONE_AFTER)))
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }
}
