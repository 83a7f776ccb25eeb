package avatarmonitor.observe;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How busy the cluster was in the last half hour, in memory. */
public final class Load {
    private static final int SAMPLES_MAX = 180;

    /**
     * One look at all workers.
     *
     * @param checksPerSecond of all together
     * @param lateP50Millis of the worker where it is worst; null when nothing fired
     */
    public record Sample(
            Instant at,
            double checksPerSecond,
            @Nullable Long lateP50Millis,
            @Nullable Long lateP95Millis,
            @Nullable Long lateP99Millis) {}

    private final Deque<Sample> samples = new ArrayDeque<>();

    /** Oldest first. */
    public synchronized List<Sample> samples() {
        return List.copyOf(samples);
    }

    /** The newest; null before the first one. */
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
