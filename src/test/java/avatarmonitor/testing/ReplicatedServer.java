package avatarmonitor.testing;

import avatarmonitor.store.Database;
import avatarmonitor.store.StoreConfig;
import avatarmonitor.store.migration.Migrations;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** A PostgreSQL primary with this product's tables and its hot standby, both for one test. */
public final class ReplicatedServer implements AutoCloseable {
    private final Path directory;
    private final EmbeddedPostgres primary;
    private final EmbeddedPostgres standby;

    private ReplicatedServer(Path directory, EmbeddedPostgres primary, EmbeddedPostgres standby) {
        this.directory = directory;
        this.primary = primary;
        this.standby = standby;
    }

    /** Starts both; returns when the standby answers. */
    public static ReplicatedServer start(TestDatabase version) {
        try {
            Path directory = Files.createTempDirectory("avatar-monitor-replicated-");
            Path data = directory.resolve("primary");
            try (EmbeddedPostgres alone = server(version, data)) {
                try (Database database = Database.open(config(alone.getPort()))) {
                    Migrations.runCreatingAvatars(database);
                }
            }
            Path copy = directory.resolve("standby");
            Directories.copy(data, copy);
            EmbeddedPostgres primary = server(version, data);
            Files.createFile(copy.resolve("standby.signal"));
            Files.writeString(
                    copy.resolve("postgresql.auto.conf"),
                    "primary_conninfo = 'host=127.0.0.1 port=" + primary.getPort() + " user=postgres'\n",
                    StandardOpenOption.APPEND);
            return new ReplicatedServer(directory, primary, server(version, copy));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static EmbeddedPostgres server(TestDatabase version, Path data) throws IOException {
        return PostgresServer.builder(version)
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .start();
    }

    public int primaryPort() {
        return primary.getPort();
    }

    public int standbyPort() {
        return standby.getPort();
    }

    /** Returns the settings of the database at a port. */
    public static StoreConfig config(int port) {
        return new StoreConfig("jdbc:postgresql://127.0.0.1:" + port + "/postgres", "postgres", "postgres", 16);
    }

    /** Promotes the standby; the old primary becomes read-only, and its sessions stay open. */
    public void failOver() {
        execute(standby, "SELECT pg_promote()");
        execute(primary, "ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()");
    }

    private static void execute(EmbeddedPostgres server, String... statements) {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : List.of(statements)) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        standby.close();
        primary.close();
        Directories.delete(directory);
    }
}
