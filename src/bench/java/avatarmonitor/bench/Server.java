package avatarmonitor.bench;

import avatarmonitor.store.Database;
import avatarmonitor.store.StoreConfig;
import avatarmonitor.store.migration.Migrations;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The PostgreSQL server of a run. Unlike that of the tests it is as durable as in production. */
final class Server implements AutoCloseable {
    private static final String TEMPLATE = "migrated";
    private static final List<String> SETTINGS = List.of(
            "server_version",
            "fsync",
            "synchronous_commit",
            "full_page_writes",
            "shared_buffers",
            "max_wal_size",
            "checkpoint_timeout",
            "max_connections",
            "jit",
            "autovacuum");

    private final EmbeddedPostgres server;
    private int databases;

    private Server(EmbeddedPostgres server) {
        this.server = server;
    }

    /** @param directory for its data: on a real disk, since every commit is flushed to it */
    static Server start(Path directory) throws IOException, SQLException {
        EmbeddedPostgres started = EmbeddedPostgres.builder()
                .setOverrideWorkingDirectory(directory.resolve("postgresql").toFile())
                // A new directory each time: a killed run may have left its server running.
                .setDataDirectory(Files.createTempDirectory(directory, "postgresql-data-"))
                .setCleanDataDirectory(true)
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("shared_buffers", "128MB")
                .setServerConfig("max_connections", "300")
                .setServerConfig("max_wal_size", "2GB")
                .setServerConfig("shared_preload_libraries", "pg_stat_statements")
                .setServerConfig("pg_stat_statements.track", "none")
                .start();
        Server server = new Server(started);
        server.execute("CREATE DATABASE " + TEMPLATE);
        try (Database database = Database.open(new StoreConfig(server.url(TEMPLATE), "", "", 4))) {
            Migrations.runCreatingAvatars(database);
        }
        return server;
    }

    /** Creates a new database with the product's tables, created by its migrations. */
    String create(boolean stockIndexes) throws SQLException {
        String name = "run_" + ++databases;
        execute("CREATE DATABASE " + name + " TEMPLATE " + TEMPLATE);
        String url = url(name);
        if (stockIndexes) {
            try (Connection connection = DriverManager.getConnection(url)) {
                StockIndexes.restore(connection);
            }
        }
        return url;
    }

    /** Counts statements in this database from the next session on. */
    void countStatements(String url) throws SQLException {
        execute("ALTER DATABASE " + url.replaceAll(".*/|\\?.*", "") + " SET pg_stat_statements.track = 'top'");
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
        }
    }

    void drop(String url) throws SQLException {
        execute("DROP DATABASE " + url.replaceAll(".*/|\\?.*", "") + " WITH (FORCE)");
    }

    /** Returns the URL of the same database through another port of this machine. */
    String through(String url, int port) {
        return url.replace(":" + port() + "/", ":" + port + "/");
    }

    /** Writes earlier changes to disk, so that they do not affect the next run. */
    void settle() throws SQLException {
        execute("CHECKPOINT");
    }

    int port() {
        return server.getPort();
    }

    Map<String, String> settings() throws SQLException {
        Map<String, String> all = new LinkedHashMap<>();
        try (Connection connection = DriverManager.getConnection(url("postgres"));
                Statement statement = connection.createStatement()) {
            for (String name : SETTINGS) {
                try (ResultSet value = statement.executeQuery("SHOW " + name)) {
                    value.next();
                    all.put(name, value.getString(1));
                }
            }
        }
        return all;
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port() + "/" + database + "?user=postgres";
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url("postgres"));
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
