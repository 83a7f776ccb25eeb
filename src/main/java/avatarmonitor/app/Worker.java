package avatarmonitor.app;

import avatarmonitor.avatar.TrainingTypeRegistry;
import avatarmonitor.config.Settings;
import avatarmonitor.event.OperatorLog;
import avatarmonitor.inspect.Facts;
import avatarmonitor.inspect.Overview;
import avatarmonitor.observe.Load;
import avatarmonitor.observe.StatusReport;
import avatarmonitor.reconcile.Scanner;
import avatarmonitor.schedule.Listen;
import avatarmonitor.store.ClockGate;
import avatarmonitor.store.ClockGuard;
import avatarmonitor.store.ClockOffset;
import avatarmonitor.store.Database;
import avatarmonitor.store.Dialect;
import avatarmonitor.store.JdbcUrl;
import avatarmonitor.store.Notifications;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running worker: fires checks and reconcile runs until it is stopped. */
public final class Worker {
    private static final Logger log = LoggerFactory.getLogger(Worker.class);

    /** Of the time for a stop, how much running checks get before fal's answers are no longer waited for. */
    private static final int PATIENCE_PERCENT = 50;

    /** Of the time for a stop, what is kept for all that is not the schedule. */
    private static final int REST_PERCENT = 10;

    /** Looks for a turn to scan within each {@code reconcile.scan-interval}, so that the turns come at about that interval. */
    private static final int LOOKS_PER_SCAN = 4;

    /** How fresh the metrics are that are counted in the database. */
    private static final Duration COUNT_PERIOD = Duration.ofSeconds(15);

    /** Counting them may take one part in so many of the time. */
    private static final int COUNT_SHARE = 20;

    /** Avatars that a sweep starts at once; the regular scan finds the others. */
    private static final int SWEEP_MAX = 10_000;

    private final Monitor monitor;
    private final Rounds rounds;
    private final Rounds clockRounds;
    private final Rounds progressRounds;
    private @Nullable Hinting hinting;
    private Http http = Http.none();
    private Telling telling = Telling.none();
    private @Nullable StartListener starts;

    private Worker(Monitor monitor) {
        this.monitor = monitor;
        this.rounds = new Rounds(monitor.schedule().worker(), "rounds");
        this.clockRounds = new Rounds(monitor.schedule().worker(), "clock");
        this.progressRounds = new Rounds(monitor.schedule().worker(), "progress");
    }

    /**
     * What a stop came to.
     *
     * @param checksEnded whether every check that ran had ended by itself
     * @param left whether other workers have back what this one held; otherwise they take it when they notice that it is gone
     */
    public record Stopped(boolean checksEnded, boolean left) {
        public boolean inOrder() {
            return checksEnded && left;
        }
    }

    /**
     * Connects, migrates, and begins to fire. When that fails, what was started has been stopped in order.
     *
     * @param died called once, by any thread, when the worker cannot go on and has to be stopped; the log has said why
     * @throws avatarmonitor.store.ClockException when this machine's clock and the database's differ too much
     * @throws avatarmonitor.config.ConfigException when no fal key is configured, or the HTTP port cannot be had
     * @throws avatarmonitor.store.StoreException when the database cannot be used
     */
    public static Worker start(Settings settings, InstantSource clock, Runnable died) {
        settings.requireFalKey();
        Worker worker = new Worker(Monitor.open(settings, clock));
        try {
            worker.begin(settings, clock, died);
            return worker;
        } catch (Throwable e) {
            worker.stopAfter(e, settings.schedule().shutdownTimeout());
            throw e;
        }
    }

    private void begin(Settings settings, InstantSource clock, Runnable died) {
        Load load = new Load();
        Hinting hints = Hinting.of(settings, monitor);
        hinting = hints;
        http = Http.bind(settings, monitor, hints.checks(), load, monitor.clock());
        ClockOffset.measure(monitor.database(), clock).requireSmall();
        monitor.schedule().whenDead(died);
        monitor.schedule().start(monitor.check(), monitor.reconciler());
        monitor.check().notebook().start();
        http.start();
        hints.start(settings, monitor);
        watchClock(clock);
        listenForStarts(settings);
        beginRounds(settings, load, clock);
        ProgressWatch progress = ProgressWatch.of(monitor);
        progressRounds.every(ProgressWatch.PERIOD, "progress", progress::look);
        telling = Telling.start(
                monitor.database(), settings.alerts(), settings.egress().others(), monitor.clock(), name());
        log.info(
                "worker started worker={} database={} fal={} concurrency={} interval_s={}",
                name(),
                JdbcUrl.withoutSecrets(monitor.database().url()),
                settings.fal().baseUrl(),
                settings.schedule().concurrency(),
                settings.monitor().interval().toSeconds());
    }

    /** On a thread of its own: no other task may delay it. */
    private void watchClock(InstantSource clock) {
        if (monitor.clock() instanceof ClockGuard guard) {
            ClockWatch clockWatch = new ClockWatch(
                    monitor.database(),
                    monitor.events(),
                    guard,
                    clock,
                    name(),
                    () -> monitor.schedule().lookAgain());
            clockRounds.atOnceAndEvery(ClockWatch.PERIOD, "clock", clockWatch::look);
        }
    }

    /** On H2 there are neither SQL functions nor notifications. */
    private void listenForStarts(Settings settings) {
        Database database = monitor.database();
        if (database.dialect() != Dialect.POSTGRESQL) {
            return;
        }
        StartListener listener = new StartListener(
                new StartListener.Parts(
                        settings.listen() == Listen.OFF ? null : () -> Notifications.open(database),
                        new SqlRequests(database, monitor.schedule(), monitor.start(), monitor.actions()),
                        monitor.start(),
                        () -> Scanner.unmonitored(database, SWEEP_MAX),
                        () -> monitor.schedule().lookAgain(),
                        ClockGate.of(monitor.clock())),
                name());
        monitor.meters().flag("listening", "1 while this worker hears NOTIFY avatar_training", listener::listening);
        listener.start();
        starts = listener;
    }

    private void beginRounds(Settings settings, Load load, InstantSource clock) {
        StatusReport report = new StatusReport(
                monitor.database(),
                monitor.meters(),
                load,
                monitor.fal()::paused,
                clock,
                new StatusReport.Self(
                        name(),
                        Http.version(),
                        http.url(),
                        settings.fal().requestsPerSecond(),
                        settings.monitor().interval()));
        rounds.every(
                settings.reconcile().scanInterval().dividedBy(LOOKS_PER_SCAN),
                "scan",
                () -> monitor.scanner().runInTurn());
        RateWatch rate = new RateWatch(monitor.database(), monitor.events(), monitor.clock(), name());
        rounds.every(PauseEvents.PERIOD, "pause", monitor::lookAtPause);
        SchemaWatch columns =
                new SchemaWatch(monitor.database(), monitor.avatars(), monitor.events(), monitor.clock(), name());
        rounds.every(TrainingTypeRegistry.PERIOD, "training-types", monitor.types()::write);
        rounds.every(OperatorLog.PERIOD, "actions", () -> {
            int unused = monitor.actions().tellAbandoned();
        });
        rounds.every(SchemaWatch.PERIOD, "columns", columns::look);
        rounds.atOnceAndEvery(StatusReport.PERIOD, "status", report::write);
        rounds.atOnceAndSparingly(COUNT_PERIOD, COUNT_SHARE, "count", () -> {
            Instant now = monitor.clock().instant();
            Facts facts = Facts.of(Overview.read(monitor.database(), now), List.of(), now);
            monitor.meters().show(facts);
            rate.look(facts);
        });
    }

    private void stopAfter(Throwable failure, Duration timeout) {
        try {
            stopAll(timeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    /** Instance id, as in {@code v_workers}. */
    public String name() {
        return monitor.schedule().worker();
    }

    /** Whether it could not go on and had to be stopped. */
    public boolean died() {
        return monitor.schedule().dead();
    }

    /**
     * Stops in order: fires nothing more, waits for running checks, then no longer waits for fal, writes down what checks saw, gives
     * back to other workers what is left, closes the database.
     *
     * @param timeout of the whole stop; it holds while the database, fal or a client hangs
     */
    public Stopped stop(Duration timeout) throws InterruptedException {
        long started = System.nanoTime();
        log.info("worker stops timeout_s={}", timeout.toSeconds());
        Stopped stopped = stopAll(timeout);
        log.info(
                "worker stopped checks_ended={} left={} took_ms={}",
                stopped.checksEnded(),
                stopped.left(),
                Duration.ofNanos(System.nanoTime() - started).toMillis());
        return stopped;
    }

    private Stopped stopAll(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        Duration forTheRest = timeout.multipliedBy(REST_PERCENT).dividedBy(100);
        try {
            http.stopTaking();
            StartListener listener = starts;
            Hinting hints = hinting;
            if (listener != null) {
                listener.stop();
            }
            if (hints != null) {
                hints.stop();
            }
            rounds.stop();
            clockRounds.stop();
            progressRounds.stop();
            telling.stop();
            boolean ended = monitor.schedule()
                    .standby(timeout.multipliedBy(PATIENCE_PERCENT).dividedBy(100));
            monitor.fal().close();
            long forNotes = (deadline - forTheRest.toNanos() - System.nanoTime()) / 2;
            if (!monitor.check().notebook().stop(Duration.ofNanos(Math.max(0, forNotes)))) {
                log.warn("results of the last checks could not be written, the next checks write the state again");
            }
            boolean left = monitor.schedule().stop(left(deadline - forTheRest.toNanos()));
            if (listener != null) {
                listener.awaitEnd(left(deadline));
            }
            if (hints != null) {
                hints.awaitEnd(left(deadline));
                if (left) {
                    hints.release();
                }
            }
            rounds.awaitEnd(left(deadline));
            clockRounds.awaitEnd(left(deadline));
            progressRounds.awaitEnd(left(deadline));
            telling.awaitEnd(left(deadline));
            http.stop(left(deadline));
            return new Stopped(ended, left);
        } finally {
            monitor.close();
        }
    }

    private static Duration left(long deadline) {
        return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
    }
}
