package avatarmonitor.testing;

import static org.awaitility.Awaitility.await;

import avatarmonitor.store.Database;
import avatarmonitor.store.StoreConfig;
import avatarmonitor.store.migration.Migrations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A PostgreSQL server with its own environment variables, for example with another clock. */
public final class FakedServer {
    private static final Duration START_MAX = Duration.ofSeconds(60);

    private FakedServer() {}

    /**
     * Starts a server with all tables and views of this product.
     *
     * @param kind version whose binaries are used
     * @param environment variables of the server's processes
     * @return its database; closing it stops the server and deletes everything
     */
    public static TestDatabase.Fresh start(TestDatabase kind, Map<String, String> environment) {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = free.getLocalPort();
            free.close();
            Path binaries = binaries(kind);
            Path directory = Files.createTempDirectory("avatar-monitor-faked-");
            Path data = directory.resolve("data");
            Path log = directory.resolve("log");
            int code = process(
                            log,
                            Map.of(),
                            binaries.resolve("initdb").toString(),
                            "-A",
                            "trust",
                            "-U",
                            "postgres",
                            "-N",
                            "-E",
                            "UTF8",
                            "--no-locale",
                            "-D",
                            data.toString())
                    .waitFor();
            if (code != 0) {
                throw new IllegalStateException(Files.readString(log));
            }
            Process server = process(
                    log,
                    environment,
                    binaries.resolve("postgres").toString(),
                    "-D",
                    data.toString(),
                    "-p",
                    Integer.toString(port),
                    "-h",
                    "127.0.0.1",
                    "-k",
                    "",
                    "-F",
                    "-c",
                    "timezone=America/St_Johns");
            TestDatabase.Location location = new TestDatabase.Location(
                    "jdbc:postgresql://127.0.0.1:" + port + "/postgres",
                    "postgres",
                    "postgres",
                    () -> remove(server, directory));
            migrate(location.config(), server, log);
            return new TestDatabase.Fresh(location);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void migrate(StoreConfig config, Process server, Path log) {
        await().atMost(START_MAX).ignoreExceptions().until(() -> {
            if (!server.isAlive()) {
                throw new AssertionError(Files.readString(log));
            }
            try (Database database = Database.open(config)) {
                Migrations.runCreatingAvatars(database);
                return true;
            }
        });
    }

    /** Returns the binaries that were unpacked for a running server. */
    private static Path binaries(TestDatabase kind) throws IOException {
        try (TestDatabase.Fresh fresh = kind.empty()) {
            String pid = Sql.rows(fresh.database(), "SELECT pg_backend_pid()").get(0);
            Path program = Path.of("/proc", pid, "exe").toRealPath();
            return Path.of(String.valueOf(program.getParent()));
        }
    }

    /** Drops root in a new user namespace, since PostgreSQL refuses to run as root. */
    private static Process process(Path log, Map<String, String> environment, String... program) throws IOException {
        List<String> command = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("unshare", "-U"));
        }
        command.addAll(List.of(program));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static void remove(Process server, Path directory) {
        try {
            server.toHandle().destroy();
            int unused = server.waitFor();
            Directories.delete(directory);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
