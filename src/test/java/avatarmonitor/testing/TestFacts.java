package avatarmonitor.testing;

import avatarmonitor.inspect.Facts;
import avatarmonitor.inspect.LastingEvents;
import avatarmonitor.inspect.WorkerFacts;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Facts about a cluster, read at the epoch. */
public final class TestFacts {
    /** No state lasts. */
    public static final LastingEvents NOTHING_LASTS = new LastingEvents(null, List.of(), Map.of(), List.of());

    private TestFacts() {}

    public static Facts of(Map<String, Long> counts, long lateMostSeconds, List<WorkerFacts> workers) {
        return new Facts(
                Instant.EPOCH, counts, lateMostSeconds, Map.of(), workers, List.of(), NOTHING_LASTS, List.of());
    }
}
