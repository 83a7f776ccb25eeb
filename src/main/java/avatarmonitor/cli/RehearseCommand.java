package avatarmonitor.cli;

import avatarmonitor.app.Worker;
import avatarmonitor.cli.console.ExitCode;
import avatarmonitor.cli.console.Invocation;
import avatarmonitor.config.Settings;
import avatarmonitor.config.SettingsLoader;
import avatarmonitor.emulator.EmulatorConfig;
import avatarmonitor.emulator.FalEmulator;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.fal.FalKey;
import avatarmonitor.logging.LogConfig;
import avatarmonitor.logging.Logging;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreConfig;
import avatarmonitor.store.migration.Migrations;
import avatarmonitor.store.sql.Jdbc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/**
 * {@code rehearse}: runs a worker on a temporary database, so that the JVM can write a class archive at the exit.
 * {@code bin/prepare-cache} of a release runs it. It reads no configuration, uses the loopback interface only, and
 * writes only below the temporary directory.
 */
@Command(
        name = "rehearse",
        hidden = true,
        description = {
            "Run a worker on a temporary database for a few seconds; bin/prepare-cache calls it.",
            "",
            "It uses no configuration and no network, and leaves nothing behind. With the JVM options that prepare-cache sets,"
                    + " the JVM writes an archive of the classes that it has loaded, with which later starts are faster."
        })
final class RehearseCommand implements Callable<Integer> {
    private static final int TRAININGS = 3;
    private static final int CONNECTIONS = 4;
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);
    private static final long POLL_MILLIS = 100;
    private static final int HTTP_TIMEOUT_MILLIS = 5_000;
    private static final String ENDPOINT = "fal-ai/flux-lora-portrait-trainer";
    private static final String KEY = "rehearsal:key";

    /** Classes that are loaded only on PostgreSQL or after failures, neither of which happens in a rehearsal. */
    private static final Pattern PRELOADED = Pattern.compile(
            "(avatarmonitor/(?!cli/|demo/|emulator/)|org/postgresql/(core|jdbc|util|Driver|ds/common|hostchooser|plugin|gss)|"
                    + "org/flywaydb/database/postgresql/|org/flywaydb/core/internal/(jdbc|sqlscript|parser|util)/).*\\.class");

    private static final List<String> PAGES = List.of(
            "/",
            "/app.css",
            "/healthz",
            "/readyz",
            "/metrics",
            "/api/v1/overview",
            "/api/v1/avatars",
            "/api/v1/workers",
            "/api/v1/events");

    private final Invocation invocation;

    RehearseCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() throws InterruptedException {
        Logging.ofProcess()
                .ifPresent(logging -> logging.apply(new LogConfig(LogConfig.Format.TEXT, LogConfig.Level.WARN)));
        try {
            Path directory = Files.createTempDirectory("avatar-monitor-rehearsal-");
            try {
                return rehearse(directory);
            } finally {
                delete(directory);
            }
        } catch (IOException | UncheckedIOException e) {
            return invocation.failed("The rehearsal cannot run: " + e.getMessage());
        }
    }

    private int rehearse(Path directory) throws IOException, InterruptedException {
        String url = "jdbc:h2:file:" + directory.resolve("avatar-monitor");
        int loaded = preload();
        try (FalEmulator fal = FalEmulator.start(
                        EmulatorConfig.local().withAddress("127.0.0.1", 0).withKey(new FalKey(KEY)));
                Database database = Database.open(new StoreConfig(url, "", "", CONNECTIONS))) {
            Migrations.runCreatingAvatars(database);
            for (int i = 0; i < TRAININGS; i++) {
                String requestId = UUID.randomUUID().toString();
                fal.register(ENDPOINT, requestId, scenario());
                insert(database, requestId);
            }
            int port = freePort();
            Settings settings = new SettingsLoader(environment(url, fal.baseUri(), port), directory, "rehearsal")
                    .load(Optional.empty());
            Worker worker = Worker.start(settings, invocation.clock(), () -> {});
            boolean ended;
            try {
                PAGES.forEach(page -> get(URI.create("http://127.0.0.1:" + port + page)));
                ended = awaitEnds(database);
            } finally {
                worker.stop(STOP_TIMEOUT);
            }
            if (!ended) {
                return invocation.failed(
                        "The rehearsal's trainings did not end within " + DEADLINE.toSeconds() + " s.");
            }
            invocation.say("rehearsed: " + TRAININGS + " trainings ended, " + loaded + " classes preloaded");
            return ExitCode.DONE;
        }
    }

    private static Scenario scenario() {
        return Scenario.standard().withQueue(Duration.ofMillis(500), 1).withRun(Duration.ofMillis(500));
    }

    private static Map<String, String> environment(String url, URI fal, int port) {
        return Map.of(
                "AVATAR_MONITOR_DB_URL",
                url,
                "AVATAR_MONITOR_FAL_BASE_URL",
                fal.toString(),
                "AVATAR_MONITOR_FAL_KEY",
                KEY,
                "AVATAR_MONITOR_FAL_REQUESTS_PER_SECOND",
                "100",
                "AVATAR_MONITOR_MONITOR_INTERVAL",
                "1s",
                "AVATAR_MONITOR_HTTP_PORT",
                Integer.toString(port));
    }

    private static int freePort() throws IOException {
        try (java.net.ServerSocket socket = new java.net.ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static void insert(Database database, String requestId) {
        String sql = """
                INSERT INTO avatars (id, name, training_type, status, fal_request_id, training_started_at, updated_at)
                VALUES (?, 'rehearsal', 'PORTRAIT', 'TRAINING', ?, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP)""";
        database.update(sql, UUID.randomUUID(), requestId);
    }

    private static boolean awaitEnds(Database database) throws InterruptedException {
        long started = System.nanoTime();
        while (System.nanoTime() - started < DEADLINE.toNanos()) {
            int open = database.read(connection -> {
                return Jdbc.one(
                        connection, "SELECT count(*) FROM avatars WHERE status = 'TRAINING'", count -> count.getInt(1));
            });
            if (open == 0) {
                return true;
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
        return false;
    }

    /** Requests a page; its answer is irrelevant. */
    private static void get(URI address) {
        try {
            HttpURLConnection connection = (HttpURLConnection) address.toURL().openConnection();
            connection.setConnectTimeout(HTTP_TIMEOUT_MILLIS);
            connection.setReadTimeout(HTTP_TIMEOUT_MILLIS);
            connection.getResponseCode();
            connection.disconnect();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Loads classes by name without initializing them; skips one whose library is missing. */
    private static int preload() throws IOException {
        int loaded = 0;
        Path program = Path.of(System.getProperty("java.class.path"));
        if (!Files.isRegularFile(program)) {
            return loaded;
        }
        try (JarFile jar = new JarFile(program.toFile(), true)) {
            for (String name : (Iterable<String>) jar.stream().map(entry -> entry.getName())::iterator) {
                if (PRELOADED.matcher(name).matches()) {
                    String type =
                            name.substring(0, name.length() - ".class".length()).replace('/', '.');
                    loaded += loads(type) ? 1 : 0;
                }
            }
        }
        return loaded;
    }

    private static boolean loads(String type) {
        try {
            Class.forName(type, false, RehearseCommand.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError absent) {
            return false;
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
