package avatarmonitor.demo;

import avatarmonitor.store.Database;
import avatarmonitor.store.StoreConfig;
import avatarmonitor.store.migration.Migrations;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The demo: trainings of every kind at a local fal queue, monitored by a real worker process that is killed halfway.
 * Ends within {@link #HANGS_AFTER}. All files are in one temporary directory. Closing the demo ends the worker.
 */
public final class Demo implements AutoCloseable {
    /**
     * Time limit of the demo, from the moment its worker is ready. Time spent on starting the worker again does not
     * count.
     */
    static final Duration DEADLINE = Duration.ofSeconds(60);

    /** Timeout of each start of the worker. */
    static final Duration START_MAX = Duration.ofMinutes(2);

    /** Time limit of the whole demo, starts of the worker included. */
    public static final Duration HANGS_AFTER = DEADLINE.plus(START_MAX.multipliedBy(2));

    /** Usual start time of the worker; a longer one shows that the machine is busy. */
    private static final Duration START_USUAL = Duration.ofSeconds(15);

    /** Part of {@link #DEADLINE} reserved for stopping the worker and evaluating the result. */
    private static final Duration CLOSING = Duration.ofSeconds(12);

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(8);
    private static final Duration TICK = Duration.ofMillis(200);

    private static final int CONNECTIONS = 5;
    private static final int LOG_LINES = 15;

    private final long startedNanos = System.nanoTime();
    private final List<DemoAvatar> avatars = DemoAvatars.all();
    /** Number of checks by request id, since a retraining starts a new count. */
    private final Map<String, Integer> checks = new HashMap<>();

    private final DemoDirectory directory;
    private final LocalFal fal;
    private final Workers workers;
    private final Database database;
    private final Application application;
    private final DemoSteps steps;
    private boolean closed;

    private Demo(DemoDirectory directory, LocalFal fal, Database database, InstantSource clock) {
        this.directory = directory;
        this.fal = fal;
        this.database = database;
        workers = new Workers(directory, fal);
        application = new Application(database);
        steps = new DemoSteps(avatars, application, fal, workers, clock);
    }

    /**
     * Opens the database and the fal queue; starts no worker.
     *
     * @throws java.io.UncheckedIOException when its files cannot be created or no port is free
     */
    public static Demo open(InstantSource clock) {
        DemoDirectory directory = DemoDirectory.create();
        LocalFal fal = null;
        try {
            fal = new LocalFal();
            Database database = Database.open(new StoreConfig(directory.databaseUrl(), "", "", CONNECTIONS));
            return new Demo(directory, fal, database, clock);
        } catch (Throwable e) {
            if (fal != null) {
                fal.close();
            }
            directory.delete();
            throw e;
        }
    }

    /** Number of avatars in the demo. */
    public int avatars() {
        return avatars.size();
    }

    public Path directory() {
        return directory.path();
    }

    /** JDBC URL of the database in the form of {@code db.url}. */
    public String databaseUrl() {
        return directory.databaseUrl();
    }

    /**
     * Runs the demo and evaluates the result.
     *
     * @param stop aborts the demo when counted down
     * @return empty when the demo was aborted
     */
    public Optional<Report> run(DemoListener listener, CountDownLatch stop) throws InterruptedException {
        listener.message(elapsed(), "preparing a fresh database and a local fal queue");
        Migrations.runCreatingAvatars(database);
        Optional<String> trouble = Optional.empty();
        List<DemoSnapshot> seen = List.of();
        while (trouble.isEmpty() && !(steps.isOver(elapsed()) && unended(seen).isEmpty())) {
            if (stop.await(TICK.toMillis(), TimeUnit.MILLISECONDS)) {
                return Optional.empty();
            }
            seen = steps.submitted() ? snapshot() : List.of();
            listener.progress(elapsed(), seen);
            steps.advance(elapsed(), seen, sentence -> listener.message(elapsed(), sentence));
            trouble = trouble(seen);
        }
        List<String> problems = new ArrayList<>(trouble.stream().toList());
        if (problems.isEmpty()) {
            stopWorker(listener, problems);
        }
        workers.close();
        return Optional.of(judge(problems));
    }

    /** Returns why the demo cannot go on; empty when it can. */
    private Optional<String> trouble(List<DemoSnapshot> seen) {
        if (workers.died()) {
            return Optional.of("the worker ended by itself");
        }
        Duration starting = steps.startingFor(elapsed());
        if (starting.compareTo(START_MAX) > 0) {
            return Optional.of("the worker did not start within " + START_MAX.toSeconds()
                    + " s: the machine is too slow or too busy for the demo");
        }
        Duration played = elapsed().minus(steps.spentStarting(elapsed()));
        if (played.compareTo(DEADLINE.minus(CLOSING)) > 0) {
            return Optional.of("not ended in time: " + String.join(", ", unended(seen)));
        }
        return Optional.empty();
    }

    private void stopWorker(DemoListener listener, List<String> problems) throws InterruptedException {
        listener.message(elapsed(), "every training has come to its end: worker told to stop (SIGTERM)");
        if (workers.stop(STOP_TIMEOUT)) {
            listener.message(elapsed(), "worker stopped in order, exit code 0");
        } else {
            problems.add("the worker did not stop in order");
        }
    }

    private Report judge(List<String> problems) {
        List<DemoResult> verdicts = new ArrayList<>();
        if (steps.submitted()) {
            for (DemoAvatar avatar : avatars) {
                verdicts.add(DemoResult.of(avatar, snapshot(avatar)));
            }
        }
        fal.strangeCalls().forEach(call -> problems.add("unexpected request to fal: " + call));
        Duration starts = steps.spentStarting(elapsed());
        if (!problems.isEmpty() && starts.compareTo(START_USUAL) > 0) {
            problems.add("the machine may be too slow or too busy for the demo: its worker took " + starts.toSeconds()
                    + " s to start; try again when less else runs");
        }
        if (steps.cancelledWasTouched()) {
            problems.add(DemoAvatars.CANCELLED_BY_USER + " was changed after the user had cancelled");
        }
        Report report = new Report(
                verdicts,
                problems,
                checks.values().stream().mapToInt(Integer::intValue).sum(),
                fal.statusRequests(),
                fal.results(),
                workers.restarts(),
                application.events(),
                elapsed(),
                List.of());
        return report.ok() ? report : report.with(directory.logTail(LOG_LINES));
    }

    /**
     * Returns the names of avatars that may still reach their expected end. A wrong end is final and not waited for.
     */
    private List<String> unended(List<DemoSnapshot> seen) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < seen.size(); i++) {
            boolean right = DemoResult.of(avatars.get(i), seen.get(i)).ok();
            if (!right && seen.get(i).isTraining()) {
                names.add(avatars.get(i).name());
            }
        }
        return names;
    }

    private List<DemoSnapshot> snapshot() {
        return avatars.stream().map(this::snapshot).toList();
    }

    private DemoSnapshot snapshot(DemoAvatar avatar) {
        DemoSnapshot seen = DemoSnapshot.of(avatar, application.read(avatar), fal);
        checks.merge(String.valueOf(seen.requestId()), seen.checks(), Math::max);
        return seen;
    }

    private Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - startedNanos);
    }

    /** Kills the worker if it still runs, then closes the rest. The directory stays. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            workers.close();
            database.close();
            directory.awaitDatabaseClosed();
            fal.close();
        }
    }

    /** Deletes all files of the demo; call only after {@link #close}. */
    public void delete() {
        directory.delete();
    }
}
