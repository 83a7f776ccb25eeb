package avatarmonitor.observe;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Samples of the cluster's load over the last half hour, in memory. */
public final class Load {
    private static final int SAMPLES_MAX = 180;

    /**
     * One sample over all workers.
     *
     * @param checksPerSecond sum of all workers
     * @param lateP50Ms maximum of the workers' values; null when nothing fired
     */
    public record Sample(
            Instant at,
            double checksPerSecond,
            @Nullable Long lateP50Ms,
            @Nullable Long lateP95Ms,
            @Nullable Long lateP99Ms) {}

    private final Deque<Sample> samples = new ArrayDeque<>();

    /** All samples, oldest first. */
    public synchronized List<Sample> samples() {
        return List.copyOf(samples);
    }

    /** Newest sample; null before the first one. */
    public synchronized @Nullable Sample newest() {
        return samples.peekLast();
    }

    synchronized void add(Sample sample) {
        samples.addLast(sample);
        if (samples.size() > SAMPLES_MAX) {
            samples.removeFirst();
        }
    }
}
