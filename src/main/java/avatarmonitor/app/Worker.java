package avatarmonitor.app;

import avatarmonitor.config.Settings;
import avatarmonitor.inspect.Overview;
import avatarmonitor.observe.Load;
import avatarmonitor.observe.StatusReport;
import avatarmonitor.store.ClockOffset;
import avatarmonitor.store.JdbcUrl;
import java.time.Duration;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running worker: fires checks and reconcile runs until it is stopped. */
public final class Worker {
    private static final Logger log = LoggerFactory.getLogger(Worker.class);

    /** Of the time for a stop, how much running checks get before fal's answers are no longer waited for. */
    private static final int PATIENCE_PERCENT = 50;

    /** Looks for a turn to scan within each {@code reconcile.scan-interval}, so that the turns come at about that interval. */
    private static final int LOOKS_PER_SCAN = 4;

    /** How fresh the metrics are that are counted in the database. */
    private static final Duration COUNT_PERIOD = Duration.ofSeconds(15);

    private final Monitor monitor;
    private final Rounds rounds;
    private final Telling telling;
    private final Http http;

    private Worker(Monitor monitor, Rounds rounds, Telling telling, Http http) {
        this.monitor = monitor;
        this.rounds = rounds;
        this.telling = telling;
        this.http = http;
    }

    /**
     * Connects, migrates, and begins to fire.
     *
     * @param died called once, by any thread, when the worker cannot go on and has to be stopped; the log has said why
     * @throws avatarmonitor.store.ClockException when this machine's clock and the database's differ too much
     * @throws avatarmonitor.config.ConfigException when no fal key is configured
     * @throws avatarmonitor.store.StoreException when the database cannot be used
     */
    public static Worker start(Settings settings, InstantSource clock, Runnable died) {
        settings.requireFalKey();
        Monitor monitor = Monitor.open(settings, clock);
        Load load = new Load();
        Http http = Http.none();
        try {
            http = Http.bind(settings, monitor, load, clock);
            ClockOffset.measure(monitor.database(), clock).requireSmall();
            monitor.schedule().whenDead(died);
            monitor.schedule().start(monitor.check(), monitor.reconciler());
            http.start();
            monitor.check().notebook().start();
        } catch (Throwable e) {
            http.stopTaking();
            monitor.close();
            throw e;
        }
        log.info(
                "worker started worker={} database={} fal={} concurrency={} interval_s={}",
                monitor.schedule().worker(),
                JdbcUrl.withoutSecrets(monitor.database().url()),
                settings.fal().baseUrl(),
                settings.schedule().concurrency(),
                settings.monitor().interval().toSeconds());
        ClockWatch clockWatch = new ClockWatch(
                monitor.database(), monitor.events(), clock, monitor.schedule().worker());
        Rounds rounds = new Rounds(monitor.schedule().worker(), "rounds");
        rounds.every(
                settings.reconcile().scanInterval().dividedBy(LOOKS_PER_SCAN),
                "scan",
                () -> monitor.scanner().runInTurn());
        rounds.every(ClockWatch.PERIOD, "clock", clockWatch::look);
        StatusReport report = new StatusReport(
                monitor.database(),
                monitor.meters(),
                load,
                monitor.fal()::paused,
                clock,
                new StatusReport.Self(monitor.schedule().worker(), Http.version(), http.url()));
        rounds.atOnceAndEvery(StatusReport.PERIOD, "status", report::write);
        rounds.atOnceAndEvery(
                COUNT_PERIOD, "count", () -> monitor.meters().show(Overview.read(monitor.database(), clock.instant())));
        Telling telling = Telling.start(
                monitor.database(), settings.alerts(), clock, monitor.schedule().worker());
        return new Worker(monitor, rounds, telling, http);
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
     * @param timeout of the whole stop; it holds while the database or fal hangs
     * @return whether every check that ran had ended by itself
     */
    public boolean stop(Duration timeout) throws InterruptedException {
        long started = System.nanoTime();
        Duration patience = timeout.multipliedBy(PATIENCE_PERCENT).dividedBy(100);
        log.info("worker stops timeout_s={}", timeout.toSeconds());
        http.stopTaking();
        rounds.stop();
        telling.stop();
        boolean ended = monitor.schedule().standby(patience);
        monitor.fal().close();
        boolean noted = monitor.check()
                .notebook()
                .stop(timeout.minus(Duration.ofNanos(System.nanoTime() - started))
                        .dividedBy(2));
        boolean left = monitor.schedule().stop(timeout.minus(Duration.ofNanos(System.nanoTime() - started)));
        rounds.awaitEnd(timeout.minus(Duration.ofNanos(System.nanoTime() - started)));
        telling.awaitEnd(timeout.minus(Duration.ofNanos(System.nanoTime() - started)));
        http.stop(timeout.minus(Duration.ofNanos(System.nanoTime() - started)));
        monitor.database().close();
        log.info(
                "worker stopped checks_ended={} checks_noted={} took_ms={}",
                ended && left,
                noted,
                Duration.ofNanos(System.nanoTime() - started).toMillis());
        return ended;
    }
}
