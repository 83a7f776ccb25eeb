package avatarmonitor.app;

import avatarmonitor.event.EventType;
import avatarmonitor.event.EventWriter;
import avatarmonitor.schedule.MonitoringSchedule;
import avatarmonitor.store.StoreException;
import avatarmonitor.store.clock.ClockGate;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Liveness watchdog of the scheduler: ends the worker when its threads hang, which no other part would detect, since a
 * thread that loops or waits forever neither dies nor fails. The evidence: checks stay due although this worker could
 * fire them, and none of its own checks ends. Not thread-safe.
 */
final class ProgressWatch {
    /** Interval of the samples. */
    static final Duration PERIOD = Duration.ofSeconds(5);

    /**
     * Time without the end of a check, while checks stay due, after which the worker ends. Longer than any check takes.
     */
    static final Duration STUCK_AFTER = Duration.ofMinutes(5);

    /**
     * Minimum delay of a check that counts as not fired. A healthy worker fires within a second; a check late by 30 s
     * moves to its next slot, even when the firing thread hangs.
     */
    static final Duration DUE_FOR_MIN = Duration.ofSeconds(10);

    /** Minimum of samples with a check that late: a single late check of an hourly interval proves nothing. */
    static final int LATE_SAMPLES_MIN = 12;

    /** Samples further apart prove nothing: the machine slept, the process was stopped, or the database hung. */
    private static final Duration GAP_MAX = PERIOD.multipliedBy(3);

    private static final int FRAMES_MAX = 15;
    private static final int THREADS_MAX = 4;

    private static final Logger log = LoggerFactory.getLogger(ProgressWatch.class);

    private final Evidence evidence;
    private final Source source;
    private final EventWriter events;
    private final MonitoringSchedule schedule;
    private final LongSupplier nanos;

    /**
     * Current state of the checks.
     *
     * @param mayFire whether this worker may fire: started, not stopping, clock right
     * @param sinceLastCheck time since the last check of this worker ended, or since its start
     * @param dueFor delay of the oldest check that no worker is about to fire; empty while the database is not
     *     writable, so that no worker could fire; throws {@link StoreException} when the database does not answer
     */
    record Source(BooleanSupplier mayFire, Supplier<Duration> sinceLastCheck, Supplier<Optional<Duration>> dueFor) {}

    /** Creates the watchdog of a running worker. */
    static ProgressWatch of(Monitor monitor) {
        DatabaseProbe probe =
                new DatabaseProbe(monitor.database(), monitor.schedule().worker());
        ClockGate gate = ClockGate.of(monitor.clock);
        MonitoringSchedule schedule = monitor.schedule();
        Source source = new Source(
                () -> gate.isOpen() && schedule.firing() && !schedule.hasFailed(),
                monitor.meters()::sinceLastCheck,
                () -> probe.trouble().isPresent()
                        ? Optional.empty()
                        : Optional.of(probe.checkDueFor(monitor.clock.instant())));
        return new ProgressWatch(source, monitor, System::nanoTime);
    }

    /** @param nanos a monotonic clock */
    ProgressWatch(Source source, Monitor monitor, LongSupplier nanos) {
        this.source = source;
        this.events = monitor.events;
        this.schedule = monitor.schedule();
        this.nanos = nanos;
        this.evidence = new Evidence(STUCK_AFTER);
    }

    /**
     * Takes one sample, and ends the worker when it is stuck.
     *
     * @throws StoreException when the database does not answer; then nothing is concluded
     */
    void sample() {
        Duration idle = source.sinceLastCheck().get();
        Optional<Duration> dueFor;
        try {
            dueFor = source.mayFire().getAsBoolean() ? source.dueFor().get() : Optional.empty();
        } catch (StoreException e) {
            evidence.forget();
            throw e;
        }
        if (evidence.add(nanos.getAsLong(), dueFor, idle)) {
            evidence.forget();
            end(dueFor.orElseThrow(), idle);
        }
    }

    /** Evaluates a series of samples. Pure logic; times are of a monotonic clock. */
    static final class Evidence {
        private final Duration limit;
        private boolean any;
        private long firstNanos;
        private long lastNanos;
        private int lateSamples;

        Evidence(Duration limit) {
            this.limit = limit;
        }

        void forget() {
            any = false;
            lateSamples = 0;
        }

        /**
         * Adds one sample.
         *
         * @param dueFor delay of the oldest check; empty when it is unknown, which discards earlier samples
         * @param idle time since a check of this worker ended
         * @return whether the worker is stuck
         */
        boolean add(long nanos, Optional<Duration> dueFor, Duration idle) {
            boolean gap = any && nanos - lastNanos > GAP_MAX.toNanos();
            boolean progress = any && idle.toNanos() < nanos - firstNanos;
            if (gap || progress || dueFor.isEmpty()) {
                forget();
            }
            if (dueFor.isEmpty()) {
                return false;
            }
            boolean late = dueFor.get().compareTo(DUE_FOR_MIN) >= 0;
            if (!any && !late) {
                return false;
            }
            if (!any) {
                any = true;
                firstNanos = nanos;
            }
            lastNanos = nanos;
            if (late) {
                lateSamples++;
            }
            return late && lateSamples >= LATE_SAMPLES_MIN && nanos - firstNanos >= limit.toNanos();
        }
    }

    private void end(Duration dueFor, Duration idle) {
        String reason = "no check ended for " + idle.toSeconds() + " s although one is due for " + dueFor.toSeconds()
                + " s: a thread of the scheduler hangs";
        try {
            logThreads();
            JsonObject detail = new JsonObject();
            detail.addProperty("idle_s", idle.toSeconds());
            detail.addProperty("due_for_s", dueFor.toSeconds());
            events.write(EventType.WORKER_STUCK, detail);
        } catch (StoreException e) {
            log.warn("event not written type=worker_stuck error={}", e.getMessage());
        } finally {
            schedule.failFatally(reason);
        }
    }

    /** Logs the stacks of the threads that acquire and fire triggers, for a bug report. */
    private void logThreads() {
        Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> isOfScheduler(thread.getKey().getName()))
                .limit(THREADS_MAX)
                .forEach(ProgressWatch::logThread);
    }

    private boolean isOfScheduler(String thread) {
        return thread.equals(schedule.worker() + "-scheduler") || thread.startsWith(schedule.worker() + "-firing-");
    }

    private static void logThread(Map.Entry<Thread, StackTraceElement[]> thread) {
        log.error(
                "scheduler stuck, thread dump thread={} state={} stack={}",
                thread.getKey().getName(),
                thread.getKey().getState(),
                Arrays.stream(thread.getValue()).limit(FRAMES_MAX).toList());
    }
}
