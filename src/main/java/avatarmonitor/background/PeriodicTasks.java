package avatarmonitor.background;

import avatarmonitor.store.StoreException;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.event.Level;

/**
 * Runs periodic tasks of a worker on one thread. A failed run is followed by the next one. The thread is never
 * interrupted: an interrupt would fail the running statement.
 */
public final class PeriodicTasks implements BackgroundService {
    private static final Logger log = LoggerFactory.getLogger(PeriodicTasks.class);

    /** Limit of the pause after a run that hung in an outage. */
    private static final Duration SPARING_PAUSE_MAX = Duration.ofMinutes(1);

    private final String worker;
    private final ScheduledThreadPoolExecutor thread;
    private final Logged once;

    /** @param name of the thread, after the worker's name */
    public PeriodicTasks(String worker, String name) {
        this.worker = worker;
        this.thread = new ScheduledThreadPoolExecutor(1, DaemonThreads.named(worker + "-" + name));
        this.once = new Logged(name);
        this.thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Runs a task first after the pause, and then with the pause between runs. */
    public void every(Duration pause, String name, Runnable round) {
        every(pause, pause, name, always(round));
    }

    /** Like {@link #every}, but the first run starts at once. */
    public void atOnceAndEvery(Duration pause, String name, Runnable round) {
        every(Duration.ZERO, pause, name, always(round));
    }

    private static BooleanSupplier always(Runnable round) {
        return () -> {
            round.run();
            return true;
        };
    }

    /**
     * Like {@link #atOnceAndEvery}, but throttles long runs: together they take at most one part in {@code share} of
     * the time.
     */
    public void atOnceAndSparingly(Duration pause, int share, String name, Runnable round) {
        BooleanSupplier sparing = new BooleanSupplier() {
            private long ended;
            private long took;
            private boolean begun;

            @Override
            public boolean getAsBoolean() {
                long began = System.nanoTime();
                if (begun
                        && began - ended
                                < TimeShare.pauseAfter(Duration.ofNanos(took), share, SPARING_PAUSE_MAX)
                                        .toNanos()) {
                    return false;
                }
                begun = true;
                try {
                    round.run();
                    return true;
                } finally {
                    ended = System.nanoTime();
                    took = ended - began;
                }
            }
        };
        every(Duration.ZERO, pause, name, sparing);
    }

    /** Runs a task once, after the running one; returns false when this was stopped. */
    public boolean soon(Runnable task) {
        try {
            thread.execute(() -> once.run(always(task)));
            return true;
        } catch (RejectedExecutionException stopping) {
            return false;
        }
    }

    private void every(Duration first, Duration pause, String name, BooleanSupplier round) {
        Logged logged = new Logged(name);
        ScheduledFuture<?> unused = thread.scheduleWithFixedDelay(
                () -> logged.run(round), first.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Logs failures of a task and the first success after them. */
    private final class Logged {
        private final String name;
        private boolean failed;
        private Level successLevel = Level.INFO;

        private Logged(String name) {
            this.name = name;
        }

        /** @param round returns whether it ran: a skipped run is neither a success nor a failure */
        private void run(BooleanSupplier round) {
            try (MDC.MDCCloseable ignored = MDC.putCloseable("worker", worker)) {
                boolean made = round.getAsBoolean();
                if (made && failed) {
                    log.atLevel(successLevel).log("periodic task succeeds again task={}", name);
                    failed = false;
                }
            } catch (RuntimeException e) {
                // During a database outage every run fails; it is logged once.
                if (failed) {
                    log.debug("periodic task failed again task={}", name, e);
                } else {
                    Level level = StoreException.logLevel(e);
                    log.atLevel(level).log("periodic task failed, will retry task={} error={}", name, e.getMessage());
                    successLevel = level == Level.WARN ? Level.INFO : level;
                }
                failed = true;
            } catch (Error e) {
                // Rethrowing would cancel the periodic task without a log line.
                log.error("periodic task failed by an internal error or lack of memory task={}", name, e);
                failed = true;
                successLevel = Level.INFO;
            }
        }
    }

    @Override
    public void stop() {
        thread.shutdown();
    }

    @Override
    public void awaitEnd(Duration timeout) throws InterruptedException {
        boolean unused = thread.awaitTermination(Math.max(0, timeout.toMillis()), TimeUnit.MILLISECONDS);
    }
}
