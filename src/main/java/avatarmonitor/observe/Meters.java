package avatarmonitor.observe;

import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.event.Event;
import avatarmonitor.event.EventType;
import avatarmonitor.fal.FalMeter;
import avatarmonitor.hint.HintMeter;
import avatarmonitor.hint.HintSource;
import avatarmonitor.inspect.Facts;
import avatarmonitor.reconcile.Reconciler.RunMeter;
import avatarmonitor.schedule.CheckMeter;
import com.google.gson.JsonElement;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;

/**
 * Prometheus metrics of one worker under their published names; {@code docs/metrics.md} lists all. Counters cover this
 * process. Gauges of trainings cover the whole database, so every worker reports the same values, as of its last {@link
 * #show}.
 */
public final class Meters implements CheckMeter, FalMeter, HintMeter, RunMeter, AutoCloseable {
    private static final Duration[] CHECK_BUCKETS =
            millis(10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000);
    private static final Duration[] LATENESS_BUCKETS =
            millis(10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000);

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics garbage = new JvmGcMetrics();
    private final WorkerLoad load = new WorkerLoad();
    private final TrainingGauges gauges;
    private final AtomicLong checks = new AtomicLong();
    private volatile long lastCheckNanos = System.nanoTime();
    private final Timer checkSeconds = timer("avatar_monitor_check", "Time that one check took", CHECK_BUCKETS);
    private final Timer fireLateness = timer(
            "avatar_monitor_fire_lateness", "Time from the moment a check was due until it began", LATENESS_BUCKETS);
    private final Timer falSeconds =
            timer("avatar_monitor_fal_request", "Time that one request to fal took", CHECK_BUCKETS);
    private final Timer reconcileSeconds =
            timer("avatar_monitor_reconcile", "Time that one search for unmonitored avatars took", CHECK_BUCKETS);
    private final Counter reconcileFailures =
            counter("avatar_monitor_reconcile_failures", "Searches for unmonitored avatars that failed");
    private final Counter writesRefused = counter(
            "avatar_monitor_write_refused", "Attempts to write the end of a training that the database refused");
    private final Counter passed = counter(
            "avatar_monitor_passed_fires",
            "Fires of triggers at which fal was not to be asked: backoff, or an interval longer than that of the trigger");
    private final Timer historyLag = timer(
            "avatar_monitor_history_lag",
            "Time from the end of a training at fal until the platform API listed it",
            LATENESS_BUCKETS);
    private final Counter hintMisses = counter(
            "avatar_monitor_history_misses", "Ends of trainings that polling found before any hint reported them");
    private final Counter restored =
            counter("avatar_monitor_restored", "Trainings monitored again whose monitoring had been lost or had ended");

    /** Registers the metrics that exist from the start. */
    public Meters() {
        this(System::nanoTime);
    }

    /** @param nanoTime a monotonic clock */
    Meters(LongSupplier nanoTime) {
        gauges = new TrainingGauges(registry, nanoTime);
        for (CheckOutcome outcome : CheckOutcome.values()) {
            if (outcome != CheckOutcome.PASSED) {
                checksOf(outcome.column());
            }
        }
        checksOf(BROKEN);
        garbage.bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    /** Label of a check that ended without an outcome. */
    private static final String BROKEN = "broken";

    /** Micrometer registry, for the connection pool. */
    public Object registry() {
        return registry;
    }

    /** Registers a gauge that is 1 while a condition holds for this worker, otherwise 0. */
    public void flag(String name, String description, BooleanSupplier holds) {
        Gauge.builder("avatar_monitor_" + name, holds, now -> now.getAsBoolean() ? 1 : 0)
                .description(description)
                .strongReference(true)
                .register(registry);
    }

    /** All metrics in the text format of Prometheus. */
    public String scrape() {
        return registry.scrape();
    }

    @Override
    public void checkDelay(Duration late) {
        fireLateness.record(late);
        load.fired(late);
    }

    @Override
    public void passed() {
        passed.increment();
        lastCheckNanos = System.nanoTime();
    }

    @Override
    public void checked(CheckOutcome outcome, Duration took) {
        counted(outcome.column(), took);
    }

    @Override
    public void broken(Duration took) {
        counted(BROKEN, took);
    }

    /** Counts a check. One that could not send a request to fal is counted by outcome only and enters no rate. */
    private void counted(String outcome, Duration took) {
        checksOf(outcome).increment();
        if (!outcome.equals(CheckOutcome.WAITING.column())) {
            checkSeconds.record(took);
            checks.incrementAndGet();
        }
        lastCheckNanos = System.nanoTime();
    }

    @Override
    public void asked(String code, Duration took) {
        count(
                "avatar_monitor_fal_requests",
                "Requests to fal by HTTP status, or by what went wrong when there was none",
                "code",
                code);
        falSeconds.record(took);
        load.asked(code);
    }

    /** Counts a request to fal's platform API, like {@link #asked}. */
    public void askedHistory(String code, Duration took) {
        count(
                "avatar_monitor_history_requests",
                "Requests to fal's platform API by HTTP status, or by what went wrong when there was none",
                "code",
                code);
    }

    @Override
    public void found(HintSource source) {
        String label = source.name().toLowerCase(Locale.ROOT);
        count(
                "avatar_monitor_hint_ends",
                "Ends of trainings that a hint reported before a regular check found them",
                "source",
                label);
    }

    @Override
    public void missed(long ends) {
        hintMisses.increment((double) ends);
    }

    @Override
    public void listed(Duration lag) {
        historyLag.record(lag);
    }

    @Override
    public void proven(boolean now) {
        gauges.set("hints_proven", "1 while hints have reported every end for an hour", now ? 1 : 0);
    }

    @Override
    public void ran(Duration took, boolean succeeded) {
        reconcileSeconds.record(took);
        if (!succeeded) {
            reconcileFailures.increment();
        }
    }

    /** Counts an end of a training that the database refused. */
    public void writeRefused() {
        writesRefused.increment();
    }

    /** Counts an event that this worker appends, even when its transaction fails afterwards. */
    public void happened(Event event) {
        if (event.type() == EventType.RESTORED) {
            restored.increment();
        } else if (event.type() == EventType.REPAIRED) {
            JsonElement kind = event.detail().get("kind");
            String label = kind == null ? "lost" : kind.getAsString();
            count("avatar_monitor_repaired", "What was wrong with the schedule and was put right", "kind", label);
        }
    }

    /** Sets the gauges to the values read from the database. */
    public void show(Facts facts) {
        gauges.show(facts);
    }

    /** Number of checks of this worker since its start that sent requests to fal. */
    long checks() {
        return checks.get();
    }

    /** Returns the time since the last fire of a check ended with any outcome, or since the start. */
    public Duration sinceLastCheck() {
        return Duration.ofNanos(System.nanoTime() - lastCheckNanos);
    }

    /** Check delay and requests to fal of this worker. */
    WorkerLoad load() {
        return load;
    }

    @Override
    public void close() {
        garbage.close();
        registry.close();
    }

    private Counter checksOf(String outcome) {
        return counter("avatar_monitor_checks", "Checks by what they came to", "outcome", outcome);
    }

    private void count(String name, String description, String label, String value) {
        counter(name, description, label, value).increment();
    }

    /** @param tags names and values in turn */
    private Counter counter(String name, String description, String... tags) {
        return Counter.builder(name).description(description).tags(tags).register(registry);
    }

    private Timer timer(String name, String description, Duration[] buckets) {
        return Timer.builder(name)
                .description(description)
                .serviceLevelObjectives(buckets)
                .register(registry);
    }

    private static Duration[] millis(long... bounds) {
        return LongStream.of(bounds).mapToObj(Duration::ofMillis).toArray(Duration[]::new);
    }
}
