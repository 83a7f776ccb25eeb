package avatarmonitor.testing;

import static org.awaitility.Awaitility.await;

import avatarmonitor.store.Database;
import avatarmonitor.store.migration.Migrations;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL 18 server of one test that can be stopped and restarted on the same port and data. It flushes to disk,
 * because acknowledged data has to survive.
 */
public final class StoppableServer {
    /** A small number, so that a test can take them all. */
    public static final int CONNECTIONS_MAX = 80;

    private static final Duration STOP_MAX = Duration.ofSeconds(60);

    private final Path data;
    private final int port;
    private @Nullable EmbeddedPostgres running;

    private StoppableServer(Path data, int port) {
        this.data = data;
        this.port = port;
    }

    /** Creates and starts an empty server. */
    public static StoppableServer create() {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Path data = Files.createTempDirectory("avatar-monitor-postgresql-");
            int port = free.getLocalPort();
            free.close();
            StoppableServer server = new StoppableServer(data, port);
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return port;
    }

    /** Starts it; returns when it accepts connections. */
    public void start() {
        try {
            running = EmbeddedPostgres.builder()
                    .setPGStartupWait(PostgresServer.START_MAX)
                    .setPort(port)
                    .setDataDirectory(data)
                    .setCleanDataDirectory(false)
                    .setServerConfig("timezone", "America/St_Johns")
                    // Later options win: the library switches it off first.
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("max_connections", Integer.toString(CONNECTIONS_MAX))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stops it like an operator: ends sessions, rolls back what is not committed. */
    public void stop() {
        EmbeddedPostgres server = running;
        running = null;
        try {
            if (server != null) {
                server.close();
                // The library gives up after seconds, which a checkpoint on a busy machine may take.
                await().atMost(STOP_MAX).until(() -> !Files.exists(data.resolve("postmaster.pid")));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns its database with all tables and views. Closing it stops the server and deletes everything. */
    public TestDatabase.Fresh migrated() {
        TestDatabase.Location location = new TestDatabase.Location(
                "jdbc:postgresql://localhost:" + port + "/postgres", "postgres", "postgres", this::remove);
        try (Database database = Database.open(location.config())) {
            Migrations.runCreatingAvatars(database);
        }
        return new TestDatabase.Fresh(location);
    }

    private void remove() {
        stop();
        Directories.delete(data);
    }
}
