package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.emulator.EmulatorConfig;
import avatarmonitor.emulator.FalEmulator;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreConfig;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.Directories;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.awaitility.core.ConditionTimeoutException;
import org.h2.tools.Shell;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Database, local fal queue and worker processes of one test. Everything is removed afterwards; when the test failed,
 * the output of the processes is shown.
 *
 * <p>The database is closed here except during a query: an H2 file belongs to the first process that opens it, which
 * has to be a worker for its death to matter.
 */
public final class Site implements AfterEachCallback {
    public static final String PORTRAIT = "fal-ai/flux-lora-portrait-trainer";
    public static final String STYLE = "fal-ai/flux-lora-fast-training";

    /** Secret that must not appear in any output. */
    private static final String KEY = "5d1f-key-id:s3cret-of-the-key";

    /** Keeps every call of a long run, by which tests judge. */
    private static final EmulatorConfig.Limits LIMITS =
            new EmulatorConfig.Limits(100_000, 2_000_000, 100_000, 200, 10_000);

    /** Longest wait for trainings of a few seconds on a busy machine. */
    private static final Duration END_MAX = Duration.ofMinutes(3);

    private final TestDatabase.Fresh database;
    private final FalEmulator fal = FalEmulator.start(EmulatorConfig.local().withLimits(LIMITS));
    private final Path directory;
    private final Map<String, String> environment = new HashMap<>();
    private final List<WorkerProcess> processes = new ArrayList<>();
    private final List<AutoCloseable> others = new ArrayList<>();

    private Site(TestDatabase.Fresh database) {
        // Most tests do not need the HTTP server, which takes time to start.
        with("http.enabled", "false");
        this.database = database;
        database.database().close();
        try {
            directory = Files.createTempDirectory("avatar-monitor-process-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        with("db.url", database.config().url());
        with("db.user", database.config().user());
        with("db.password", database.config().password());
        with("fal.base-url", fal.baseUri().toString());
        with("fal.key", KEY);
        with("fal.requests-per-second", "100");
        // A first request in a cold JVM on a busy machine takes seconds.
        with("fal.timeout", "20s");
        with("monitor.interval", "2s");
        with("cluster.check-in-interval", "1s");
        with("log.level", "info");
    }

    /** Creates a site with this product's tables in the database. */
    public static Site on(TestDatabase kind) {
        return new Site(kind.fresh());
    }

    /** Creates a site on this database, which is closed and removed with it. */
    public static Site on(TestDatabase.Fresh database) {
        return new Site(database);
    }

    /** Creates a site with an empty database. */
    static Site onEmpty(TestDatabase kind) {
        return new Site(kind.empty());
    }

    /** Sets a configuration key for processes that are started from now on. */
    public Site with(String key, String value) {
        environment.put(variable(key), value);
        return this;
    }

    Site without(String key) {
        environment.remove(variable(key));
        return this;
    }

    /** Sets an environment variable other than a configuration key, for processes that are started from now on. */
    Site withVariable(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** Sets JVM options for processes that are started from now on, as a service unit would. */
    public Site withJvmOptions(String options) {
        environment.put("JDK_JAVA_OPTIONS", options);
        return this;
    }

    /** Returns the environment of processes that are started from now on. */
    Map<String, String> environment() {
        return Map.copyOf(environment);
    }

    private static String variable(String key) {
        return "AVATAR_MONITOR_"
                + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /**
     * Lets processes that are started from now on reach the PostgreSQL database through a proxy; the test itself uses a
     * direct connection.
     */
    TcpProxy behindProxy() {
        URI server = URI.create(database.config().url().substring("jdbc:".length()));
        TcpProxy proxy = TcpProxy.before(server.getPort());
        others.add(proxy);
        with("db.url", "jdbc:postgresql://127.0.0.1:" + proxy.port() + server.getPath());
        return proxy;
    }

    public FalEmulator fal() {
        return fal;
    }

    Path directory() {
        return directory;
    }

    StoreConfig databaseConfig() {
        return database.config();
    }

    String databaseUrl() {
        return database.config().url();
    }

    WorkerProcess startWorker() {
        return run("worker");
    }

    /** Starts a worker of another build. */
    WorkerProcess startWorkerOf(Path jar) {
        return runOf(jar, "worker");
    }

    /** Runs a command of another build. */
    WorkerProcess runOf(Path jar, String... arguments) {
        return known(WorkerProcess.start(jar, directory, environment, arguments));
    }

    /** Starts a worker with additional keys. */
    public WorkerProcess startWorker(Map<String, String> keys) {
        Map<String, String> own = new HashMap<>(environment);
        keys.forEach((key, value) -> own.put(variable(key), value));
        return known(WorkerProcess.start(directory, own, "worker"));
    }

    WorkerProcess run(String... arguments) {
        return known(WorkerProcess.start(directory, environment, arguments));
    }

    /** Runs a query in H2's shell, on the same file as the worker, like an operator. */
    WorkerProcess sqlShell(String query) {
        StoreConfig login = database.administrator();
        return known(WorkerProcess.start(
                directory,
                Shell.class,
                "-url",
                databaseUrl() + ";AUTO_SERVER=TRUE",
                "-user",
                login.user(),
                "-password",
                login.password(),
                "-sql",
                query));
    }

    /** Returns all processes that were started so far, also those that have ended. */
    public List<WorkerProcess> processes() {
        return List.copyOf(processes);
    }

    private WorkerProcess known(WorkerProcess process) {
        processes.add(process);
        return process;
    }

    /** Reads the database, or writes as an application would. */
    <T> T look(Function<Avatars, T> what) {
        try (Database open = Database.open(database.administrator())) {
            return what.apply(new Avatars(open));
        }
    }

    /** Like {@link Sql#rows}. */
    List<String> rows(String query) {
        try (Database open = Database.open(database.administrator())) {
            return Sql.rows(open, query);
        }
    }

    void write(Consumer<Avatars> what) {
        look(avatars -> {
            what.accept(avatars);
            return true;
        });
    }

    /** Waits until the database is in the wanted state; on H2 a worker must hold the file meanwhile. */
    void awaitDatabase(Predicate<Avatars> wanted) {
        try (Database open = Database.open(database.administrator())) {
            Avatars avatars = new Avatars(open);
            await().atMost(END_MAX).pollInterval(Duration.ofMillis(200)).until(() -> wanted.test(avatars));
        }
    }

    void awaitAllEnded() {
        try {
            awaitDatabase(avatars ->
                    avatars.count("SELECT count(*) FROM avatars WHERE upper(CAST(status AS varchar)) = 'TRAINING'") == 0
                            && avatars.count("SELECT count(*) FROM qrtz_triggers WHERE trigger_group = 'avatar'") == 0);
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(
                    "not ended: " + rows("SELECT * FROM v_watched") + rows("SELECT * FROM v_unwatched"), e);
        }
    }

    /** Starts a training that the application has inserted and fal knows. */
    Training train(Avatars avatars, String type, Scenario scenario) {
        String request = UUID.randomUUID().toString();
        fal.register(type.equals("STYLE") ? STYLE : PORTRAIT, request, scenario);
        AvatarId id = avatars.training(type, request, fal.now());
        return new Training(id, request);
    }

    record Training(AvatarId avatar, String request) {}

    /** Removes everything. */
    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        StringBuilder printed = new StringBuilder();
        for (WorkerProcess process : processes) {
            if (process.isAlive()) {
                process.sigkill();
            }
            printed.append("--- process ")
                    .append(process.pid())
                    .append(" ---\n")
                    .append(process.output());
        }
        if (context.getExecutionException().isPresent()) {
            System.err.println(printed);
        }
        for (AutoCloseable other : others) {
            other.close();
        }
        fal.close();
        database.close();
        Directories.delete(directory);
        assertThat(printed.toString()).doesNotContain(KEY);
    }
}
