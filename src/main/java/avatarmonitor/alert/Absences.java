package avatarmonitor.alert;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Since when workers that something is told about are not in the cluster. One that has just started fires before it is listed, and one that
 * was wrongly taken for dead comes back: only who is missing for a while is gone. For one thread.
 */
final class Absences {
    /** Several check-ins of a worker. */
    static final Duration GONE_AFTER = Duration.ofSeconds(30);

    private final Map<String, Instant> since = new HashMap<>();

    /** Those of the named workers that are gone. */
    Set<String> gone(Set<String> named, Set<String> living, Instant now) {
        Set<String> missing = new HashSet<>(named);
        missing.removeAll(living);
        since.keySet().retainAll(missing);
        // The earlier one, so that a clock that was set back keeps no worker.
        missing.forEach(name -> since.merge(name, now, (known, look) -> known.isBefore(look) ? known : look));
        return since.entrySet().stream()
                .filter(absence -> !now.isBefore(absence.getValue().plus(GONE_AFTER)))
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }
}
