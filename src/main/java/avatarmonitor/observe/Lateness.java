package avatarmonitor.observe;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.ValueAtPercentile;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Percentiles of the check delay over a sliding window of about one minute. */
final class Lateness {
    private static final Duration WINDOW = Duration.ofMinutes(1);

    /** Number of steps in which the window slides. */
    private static final int STEPS = 6;

    private final Timer timer = Timer.builder("lateness")
            .publishPercentiles(0.5, 0.95, 0.99)
            .distributionStatisticExpiry(WINDOW)
            .distributionStatisticBufferLength(STEPS)
            .register(new SimpleMeterRegistry());

    private volatile long lastNanos;

    /**
     * Percentiles of the delay in milliseconds.
     *
     * @param p50 the median
     */
    record Percentiles(long p50, long p95, long p99) {}

    void record(Duration late) {
        timer.record(late);
        lastNanos = System.nanoTime();
    }

    /** Percentiles of the last minute; empty when nothing fired. */
    Optional<Percentiles> recent() {
        if (timer.count() == 0 || System.nanoTime() - lastNanos > WINDOW.toNanos()) {
            return Optional.empty();
        }
        ValueAtPercentile[] values = timer.takeSnapshot().percentileValues();
        return Optional.of(new Percentiles(millis(values[0]), millis(values[1]), millis(values[2])));
    }

    private static long millis(ValueAtPercentile value) {
        return Math.round(value.value(TimeUnit.MILLISECONDS));
    }
}
