package avatarmonitor.observe;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.ValueAtPercentile;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** How late triggers fired in the last minute or so. */
final class Lateness {
    private static final Duration WINDOW = Duration.ofMinutes(1);

    /** Steps in which the window moves on. */
    private static final int STEPS = 6;

    private final Timer timer = Timer.builder("lateness")
            .publishPercentiles(0.5, 0.95, 0.99)
            .distributionStatisticExpiry(WINDOW)
            .distributionStatisticBufferLength(STEPS)
            .register(new SimpleMeterRegistry());

    private volatile long lastNanos;

    /**
     * Milliseconds that so many of hundred fires were not later than.
     *
     * @param p50 the half
     */
    record Percentiles(long p50, long p95, long p99) {}

    void record(Duration late) {
        timer.record(late);
        lastNanos = System.nanoTime();
    }

    /** Of the last minute; empty when nothing fired. */
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
