package avatarmonitor.testing;

import avatarmonitor.store.Database;
import avatarmonitor.store.migration.Migrations;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Assumptions;

/**
 * One PostgreSQL server of this JVM. Its time zone is deliberately not UTC, and it does not flush to disk: these tests
 * kill workers, never the server.
 */
final class PostgresServer {
    /** Longest start of a server on a busy machine. */
    static final Duration START_MAX = Duration.ofSeconds(60);

    private static final String H2_ONLY = "avatarmonitor.tests.h2-only";
    private static final String TEMPLATE = "avatar_monitor_migrated";

    private final EmbeddedPostgres server;
    private final AtomicInteger databases = new AtomicInteger();

    private PostgresServer(EmbeddedPostgres server) {
        this.server = server;
    }

    static PostgresServer version15() {
        requireServers();
        return Version15.SERVER;
    }

    static PostgresServer version18() {
        requireServers();
        return Version18.SERVER;
    }

    /** Leaves out the current test where only H2 is wanted, as in a mutation run. */
    private static void requireServers() {
        Assumptions.assumeFalse(Boolean.getBoolean(H2_ONLY), () -> "no PostgreSQL because of -D" + H2_ONLY);
    }

    TestDatabase.Location create() {
        return createDatabase("test_" + databases.incrementAndGet(), "template1");
    }

    /** Copies a database that was migrated once, because migrating takes longer than most tests. */
    TestDatabase.Location createMigrated() {
        return createDatabase("test_" + databases.incrementAndGet(), TEMPLATE);
    }

    private TestDatabase.Location createDatabase(String name, String template) {
        execute("CREATE DATABASE " + name + " TEMPLATE " + template);
        return new TestDatabase.Location(
                "jdbc:postgresql://localhost:" + server.getPort() + "/" + name,
                "postgres",
                "postgres",
                () -> execute("DROP DATABASE " + name + " WITH (FORCE)"));
    }

    private void execute(String sql) {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private static EmbeddedPostgres.Builder builder() {
        return EmbeddedPostgres.builder().setPGStartupWait(START_MAX).setServerConfig("timezone", "America/St_Johns");
    }

    /** Starts a server on a copy of prepared data; the copy is deleted when this JVM ends. */
    private static PostgresServer start(String name, Supplier<EmbeddedPostgres.Builder> builder) {
        Path prepared = PreparedDirectory.of(name, data -> prepare(builder.get(), data));
        try {
            Path data = Files.createTempDirectory("avatar-monitor-" + name + "-");
            Directories.copy(prepared, data);
            EmbeddedPostgres server = open(builder.get(), data);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(server, data)));
            return new PostgresServer(server);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void prepare(EmbeddedPostgres.Builder builder, Path data) {
        try (EmbeddedPostgres server = open(builder, data)) {
            TestDatabase.Location template = new PostgresServer(server).createDatabase(TEMPLATE, "template1");
            try (Database database = Database.open(template.config())) {
                Migrations.runCreatingAvatars(database);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static EmbeddedPostgres open(EmbeddedPostgres.Builder builder, Path data) throws IOException {
        return builder.setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setRegisterShutdownHook(false)
                .start();
    }

    private static void remove(EmbeddedPostgres server, Path data) {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Directories.delete(data);
    }

    /** Returns a builder for a separate server of one test. */
    static EmbeddedPostgres.Builder builder(TestDatabase version) {
        return version == TestDatabase.POSTGRESQL_15 ? Version15.builder() : builder();
    }

    /** The binaries on the class path. */
    private static final class Version18 {
        static final PostgresServer SERVER = start("postgresql-18", PostgresServer::builder);
    }

    /** The binaries that Maven copies beside the classes, because a class path can hold only one version. */
    private static final class Version15 {
        static final PostgresServer SERVER = start("postgresql-15", Version15::builder);

        static EmbeddedPostgres.Builder builder() {
            return PostgresServer.builder()
                    .setPgBinaryResolver((system, machine) -> binaries(Path.of("target/postgresql-15")));
        }

        private static InputStream binaries(Path directory) throws IOException {
            if (Files.isDirectory(directory)) {
                try (DirectoryStream<Path> jars = Files.newDirectoryStream(directory, "*.jar")) {
                    for (Path jar : jars) {
                        return archiveIn(jar);
                    }
                }
            }
            throw new FileNotFoundException("no PostgreSQL 15 in " + directory.toAbsolutePath()
                    + ": run mvn generate-test-resources once, it copies the binaries there");
        }

        private static InputStream archiveIn(Path jar) throws IOException {
            try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(jar))) {
                for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                    if (entry.getName().endsWith(".txz")) {
                        return new ByteArrayInputStream(zip.readAllBytes());
                    }
                }
            }
            throw new FileNotFoundException("no .txz in " + jar);
        }
    }
}
