package avatarmonitor.app;

import avatarmonitor.app.limit.RateWatch;
import avatarmonitor.app.start.StartListener;
import avatarmonitor.avatar.TrainingTypeRegistry;
import avatarmonitor.background.BackgroundService;
import avatarmonitor.background.PeriodicTasks;
import avatarmonitor.config.Settings;
import avatarmonitor.event.OperatorLog;
import avatarmonitor.inspect.Facts;
import avatarmonitor.inspect.Overview;
import avatarmonitor.observe.Load;
import avatarmonitor.observe.StatusReport;
import avatarmonitor.pause.PollingPauses;
import avatarmonitor.reconcile.Scanner;
import avatarmonitor.schedule.Listen;
import avatarmonitor.store.Database;
import avatarmonitor.store.JdbcUrl;
import avatarmonitor.store.Notifications;
import avatarmonitor.store.clock.ClockGate;
import avatarmonitor.store.clock.ClockOffset;
import avatarmonitor.store.clock.ClockSkewDetector;
import avatarmonitor.store.sql.Dialect;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running worker: fires checks and reconcile runs until it is stopped. */
public final class Worker {
    private static final Logger log = LoggerFactory.getLogger(Worker.class);

    /** Share of the stop timeout for running checks before their requests to fal are cancelled. */
    private static final int STANDBY_PERCENT = 50;

    /** Share of the stop timeout reserved for everything but the schedule. */
    private static final int REST_PERCENT = 10;

    /** Attempts to get the scan lease per {@code reconcile.scan-interval}, so that scans run at about that interval. */
    private static final int POLLS_PER_SCAN = 4;

    /** Interval at which gauges are read from the database. */
    private static final Duration COUNT_PERIOD = Duration.ofSeconds(15);

    /** Reading the gauges may take one part in this number of the time. */
    private static final int COUNT_SHARE = 20;

    /** Maximum of avatars that a sweep starts at once; the regular scan finds the others. */
    private static final int SWEEP_MAX = 10_000;

    private final Monitor monitor;

    /** In the order in which they stop. */
    private final List<BackgroundService> services = new CopyOnWriteArrayList<>();

    private @Nullable Hinting hinting;
    private Http http = Http.none();

    private Worker(Monitor monitor) {
        this.monitor = monitor;
    }

    /**
     * Result of a stop.
     *
     * @param checksEnded whether every running check ended by itself
     * @param left whether this worker's firings were released to the others; otherwise they recover them after
     *     detecting its absence
     */
    public record Stopped(boolean checksEnded, boolean left) {
        public boolean inOrder() {
            return checksEnded && left;
        }
    }

    /**
     * Connects, migrates, and starts to fire. When that fails, everything that was started has been stopped.
     *
     * @param died called once, on any thread, when the worker has failed and has to be stopped; the log contains
     *     the reason
     * @throws avatarmonitor.store.ClockException when the clocks of this machine and of the database differ too
     *     much
     * @throws avatarmonitor.config.ConfigException when no fal key is configured, or the HTTP port is not available
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
        services.add(hints);
        http = Http.bind(settings, monitor, hints.checks(), load, monitor.clock);
        ClockOffset.measure(monitor.database(), clock).requireSmall();
        monitor.schedule().onFatalError(died);
        monitor.schedule().startFiring(monitor.check(), monitor.reconciler());
        monitor.check().observations().start();
        http.start();
        hints.start(settings);
        watchClock(clock);
        listenForStarts(settings);
        startPeriodicTasks(settings, load, clock);
        PeriodicTasks pauseTasks = tasks("operator-pause");
        pauseTasks.every(PollingPauses.PERIOD, "operator-pause", monitor.operatorPauses()::expireAndRefresh);
        pauseTasks.every(PollingPauses.PERIOD, "shared-pause", monitor.fal()::exchangePause);
        tasks("progress").every(ProgressWatch.PERIOD, "progress", ProgressWatch.of(monitor)::sample);
        services.add(AlertService.start(
                monitor.database(), settings.alerts(), settings.egress().others(), monitor.clock, name()));
        log.info(
                "worker started worker={} database={} fal={} concurrency={} interval_s={}",
                name(),
                JdbcUrl.withoutSecrets(monitor.database().url()),
                settings.fal().baseUrl(),
                settings.schedule().concurrency(),
                settings.monitor().interval().toSeconds());
    }

    private PeriodicTasks tasks(String thread) {
        PeriodicTasks tasks = new PeriodicTasks(name(), thread);
        services.add(tasks);
        return tasks;
    }

    /** Runs on a separate thread, so that no other task delays it. */
    private void watchClock(InstantSource clock) {
        if (monitor.clock instanceof ClockSkewDetector guard) {
            ClockWatch clockWatch = new ClockWatch(
                    monitor.database(),
                    monitor.events,
                    guard,
                    clock,
                    () -> monitor.schedule().wakeScheduler());
            tasks("clock").atOnceAndEvery(ClockWatch.PERIOD, "clock", clockWatch::compare);
        }
    }

    /** Starts the listener; H2 has neither SQL functions nor notifications. */
    private void listenForStarts(Settings settings) {
        Database database = monitor.database();
        if (database.dialect() != Dialect.POSTGRESQL) {
            return;
        }
        StartListener listener = new StartListener(
                new StartListener.Parts(
                        settings.listen() == Listen.OFF ? null : () -> Notifications.open(database),
                        monitor.operator().sqlRequests(),
                        monitor.start,
                        () -> Scanner.unmonitored(database, SWEEP_MAX),
                        () -> monitor.schedule().wakeScheduler(),
                        ClockGate.of(monitor.clock)),
                name());
        monitor.meters().flag("listening", "1 while this worker hears NOTIFY avatar_training", listener::listening);
        listener.start();
        services.add(0, listener);
    }

    private void startPeriodicTasks(Settings settings, Load load, InstantSource clock) {
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
        PeriodicTasks cancels = tasks("cancel");
        PeriodicTasks tasks = tasks("rounds");
        tasks.every(
                settings.reconcile().scanInterval().dividedBy(POLLS_PER_SCAN),
                "scan",
                () -> monitor.scanner().runInTurn().ifPresent(scanned -> monitor.cancelOn.runOn(cancels)));
        RateWatch rate = new RateWatch(monitor.events, monitor.stretch);
        tasks.every(PauseEvents.PERIOD, "pause", monitor::expirePause);
        SchemaWatch columns = new SchemaWatch(monitor.database(), monitor.avatars(), monitor.events);
        tasks.every(TrainingTypeRegistry.PERIOD, "training-types", monitor.types::write);
        tasks.every(OperatorLog.PERIOD, "actions", () -> {
            int unused = monitor.actions().recordAbandoned();
        });
        tasks.every(SchemaWatch.PERIOD, "columns", columns::refresh);
        tasks.atOnceAndEvery(StatusReport.PERIOD, "status", report::write);
        tasks.atOnceAndSparingly(COUNT_PERIOD, COUNT_SHARE, "count", () -> {
            Instant now = monitor.clock.instant();
            Facts facts = Facts.of(Overview.read(monitor.database(), now), List.of(), now);
            monitor.meters().show(facts);
            rate.evaluate(facts);
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

    /** Returns whether the worker failed and had to be stopped. */
    public boolean died() {
        return monitor.schedule().hasFailed();
    }

    /**
     * Stops in order: fires nothing more, waits for running checks, then cancels requests to fal, writes buffered
     * results, releases remaining firings to other workers, closes the database.
     *
     * @param timeout of the whole stop; it holds even when the database, fal or a client hangs
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
            services.forEach(BackgroundService::stop);
            boolean ended = monitor.schedule()
                    .standby(timeout.multipliedBy(STANDBY_PERCENT).dividedBy(100));
            monitor.fal().close();
            long flushTimeout = (deadline - forTheRest.toNanos() - System.nanoTime()) / 2;
            if (!monitor.check().observations().stop(Duration.ofNanos(Math.max(0, flushTimeout)))) {
                log.warn("results of the last checks could not be written, the next checks write the state again");
            }
            boolean left = monitor.schedule().shutdown(left(deadline - forTheRest.toNanos()));
            long restEnds = deadline - forTheRest.toNanos() / 2;
            // Threads that wait for a database without answer would take the time in which everything is closed.
            long waitsEnd = left ? restEnds : System.nanoTime();
            for (BackgroundService service : services) {
                service.awaitEnd(left(waitsEnd));
            }
            if (left && hinting != null) {
                hinting.release();
            }
            http.stop(left(restEnds));
            return new Stopped(ended, left);
        } finally {
            monitor.close();
        }
    }

    private static Duration left(long deadline) {
        return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
    }
}
