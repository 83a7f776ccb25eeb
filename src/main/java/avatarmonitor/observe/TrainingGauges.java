package avatarmonitor.observe;

import avatarmonitor.inspect.Facts;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Gauges that show what a worker last read from the database, and how long ago that was: they keep their values while
 * the database does not answer.
 */
final class TrainingGauges {
    private final MeterRegistry registry;
    private final LongSupplier nanoTime;
    private final Map<String, Shown> gauges = new ConcurrentHashMap<>();
    private volatile long shownNanos;

    /** A gauge and its value. */
    private record Shown(AtomicLong value, Gauge gauge) {}

    /** @param nanoTime a monotonic clock */
    TrainingGauges(MeterRegistry registry, LongSupplier nanoTime) {
        this.registry = registry;
        this.nanoTime = nanoTime;
        this.shownNanos = nanoTime.getAsLong();
        Gauge.builder("avatar_monitor_gauges_age_seconds", this, TrainingGauges::ageSeconds)
                .description("Time since the gauges of trainings were last read from the database")
                .register(registry);
    }

    void show(Facts facts) {
        set(
                "check_delay_max_seconds",
                "Time by which the training that fal has not answered about for longest is late",
                facts.lateMostSeconds());
        set("fal_requests_last_minute", "Requests to fal of all workers in the last minute", facts.requests());
        set("fal_answered_last_minute", "How many of those requests fal answered", facts.answered());
        set(
                "requests_needed_per_second",
                "Requests to fal that checking every training once in each interval takes",
                facts.neededPerSecond().map(needed -> Math.round(Math.ceil(needed))));
        set(
                "check_interval_seconds",
                "Effective time between two checks of one",
                facts.stretchedInterval().map(Duration::toSeconds));
        set(
                "requests_allowed_per_second",
                "Requests to fal that the workers may send together",
                facts.allowedPerSecond());
        facts.counts().forEach((name, count) -> {
            if (!name.endsWith("_today")) {
                set(name, GaugeText.of(name), count);
            }
        });
        set("workers_alive", "Workers of the cluster that are alive", facts.workersAlive());
        shownNanos = nanoTime.getAsLong();
    }

    private double ageSeconds() {
        return (nanoTime.getAsLong() - shownNanos) / 1e9;
    }

    void set(String name, String description, long value) {
        gauges.computeIfAbsent(name, first -> {
                    AtomicLong shown = new AtomicLong();
                    return new Shown(
                            shown,
                            Gauge.builder("avatar_monitor_" + first, shown, AtomicLong::get)
                                    .description(description)
                                    .register(registry));
                })
                .value()
                .set(value);
    }

    /** Sets a gauge, or removes it when there is no value, rather than leaving the former one. */
    private void set(String name, String description, Optional<Long> value) {
        if (value.isPresent()) {
            set(name, description, value.get());
            return;
        }
        Shown former = gauges.remove(name);
        if (former != null) {
            registry.remove(former.gauge());
        }
    }
}
