package avatarmonitor.app;

import avatarmonitor.event.Event;
import avatarmonitor.event.EventLog;
import avatarmonitor.event.EventType;
import avatarmonitor.schedule.MonitoringSchedule;
import avatarmonitor.store.ClockGate;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Liveness watchdog of the scheduler: ends the worker when its threads hang, which no other part would notice, since a thread that loops or waits
 * for ever neither dies nor fails. Evidence is that checks stay due although this worker could fire them, and that none of its own ends.
 * For one thread.
 */
final class ProgressWatch {
    /** How often to look. */
    static final Duration PERIOD = Duration.ofSeconds(5);

    /** How long no check may end, while checks stay due, before the worker ends. Longer than any check takes. */
    static final Duration STUCK_AFTER = Duration.ofMinutes(5);

    /**
     * How late a check must be to count as not fired. A healthy worker fires within a second; what is late by 30 s moves to its next slot,
     * also when the thread that fires hangs.
     */
    static final Duration DUE_FOR_MIN = Duration.ofSeconds(10);

    /** How many looks must find one that late: a single late check of an hourly interval proves nothing. */
    static final int LATE_LOOKS_MIN = 12;

    /** Looks that are further apart prove nothing: the machine slept, the process was stopped, or the database hung. */
    private static final Duration GAP_MAX = PERIOD.multipliedBy(3);

    private static final int FRAMES_MAX = 15;
    private static final int THREADS_MAX = 4;

    private static final Logger log = LoggerFactory.getLogger(ProgressWatch.class);

    private final Evidence evidence;
    private final Source source;
    private final Database database;
    private final EventLog events;
    private final MonitoringSchedule schedule;
    private final InstantSource clock;
    private final LongSupplier nanos;

    /** What is known of the checks now. */
    interface Source {
        /** Whether this worker may fire: started, not stopping, clock right. */
        boolean mayFire();

        /** Since the last check of this worker ended, or since its start. */
        Duration sinceLastCheck();

        /**
         * How late the oldest check is that no worker is about to fire; empty while the database takes no writes, so that none could.
         *
         * @throws StoreException when the database does not answer
         */
        Optional<Duration> dueFor();
    }

    /** Of a running worker. */
    static ProgressWatch of(Monitor monitor) {
        DatabaseProbe probe =
                new DatabaseProbe(monitor.database(), monitor.schedule().worker());
        ClockGate gate = ClockGate.of(monitor.clock());
        Supplier<Duration> idle = monitor.meters()::sinceLastCheck;
        Source source = new Source() {
            @Override
            public boolean mayFire() {
                return gate.isOpen()
                        && monitor.schedule().firing()
                        && !monitor.schedule().dead();
            }

            @Override
            public Duration sinceLastCheck() {
                return idle.get();
            }

            @Override
            public Optional<Duration> dueFor() {
                return probe.trouble().isPresent()
                        ? Optional.empty()
                        : Optional.of(probe.checkDueFor(monitor.clock().instant()));
            }
        };
        return new ProgressWatch(source, monitor, System::nanoTime);
    }

    /** @param nanos a monotonic clock */
    ProgressWatch(Source source, Monitor monitor, LongSupplier nanos) {
        this.source = source;
        this.database = monitor.database();
        this.events = monitor.events();
        this.schedule = monitor.schedule();
        this.clock = monitor.clock();
        this.nanos = nanos;
        this.evidence = new Evidence(STUCK_AFTER);
    }

    /**
     * Looks once, and ends the worker when it is stuck.
     *
     * @throws StoreException when the database does not answer; nothing is concluded then
     */
    void look() {
        Duration idle = source.sinceLastCheck();
        Optional<Duration> dueFor;
        try {
            dueFor = source.mayFire() ? source.dueFor() : Optional.empty();
        } catch (StoreException e) {
            evidence.forget();
            throw e;
        }
        if (evidence.add(nanos.getAsLong(), dueFor, idle)) {
            evidence.forget();
            end(dueFor.orElseThrow(), idle);
        }
    }

    /** Pure: what a series of samples proves. Times are of a monotonic clock. */
    static final class Evidence {
        private final Duration limit;
        private boolean any;
        private long firstNanos;
        private long lastNanos;
        private int lateLooks;

        Evidence(Duration limit) {
            this.limit = limit;
        }

        void forget() {
            any = false;
            lateLooks = 0;
        }

        /**
         * Adds one look.
         *
         * @param dueFor how late the oldest check is; empty when nothing can be said, which voids what was seen before
         * @param idle since a check of this worker ended
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
                lateLooks++;
            }
            return late && lateLooks >= LATE_LOOKS_MIN && nanos - firstNanos >= limit.toNanos();
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
            boolean unused = database.inTransaction(connection -> {
                events.append(
                        connection,
                        new Event(clock.instant(), null, null, schedule.worker(), EventType.WORKER_STUCK, detail));
                return true;
            });
        } catch (StoreException e) {
            log.warn("event not written type=worker_stuck error={}", e.getMessage());
        } finally {
            schedule.endBecause(reason);
        }
    }

    /** Where the threads are that take and fire due triggers: what a bug report needs. */
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
                "thread of a stuck scheduler thread={} state={} stack={}",
                thread.getKey().getName(),
                thread.getKey().getState(),
                Arrays.stream(thread.getValue()).limit(FRAMES_MAX).toList());
    }
}
