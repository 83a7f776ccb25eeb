package avatarmonitor.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.store.migration.Migrations;
import avatarmonitor.testing.Background;
import avatarmonitor.testing.Sql;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Access to an embedded database: which logins may open it, and with which privileges. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(180)
final class H2AccessTest {
    /** H2's settings of a file of an older version, opened by hand. */
    private static final String OLD =
            ";AUTO_SERVER=TRUE;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;WRITE_DELAY=0";

    @TempDir
    private Path directory = Path.of(".");

    private Path database() {
        return directory.resolve("data/x");
    }

    private StoreConfig config() {
        return new StoreConfig("jdbc:h2:file:" + database(), "", "", 4);
    }

    private Connection byHand(String user, String password) throws SQLException {
        return DriverManager.getConnection("jdbc:h2:file:" + database() + OLD, user, password);
    }

    private void oldDatabase() throws SQLException {
        try (Connection old = byHand("sa", "");
                Statement statement = old.createStatement()) {
            statement.execute("CREATE TABLE t (i int)");
            statement.execute("INSERT INTO t VALUES (7)");
        }
    }

    private static void mayWork(Database database) {
        Sql.run(database, "INSERT INTO t VALUES (8)", "UPDATE t SET i = 9 WHERE i = 8", "DELETE FROM t WHERE i = 9");
        assertThat(Sql.rows(database, "SELECT i FROM t")).containsExactly("7");
    }

    private void nobodyWithoutPassword() {
        for (String user : List.of("sa", "avatar_monitor")) {
            assertThatThrownBy(() -> byHand(user, ""))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28000"));
        }
    }

    @Test
    void newDatabaseIsClosedToOthersWhateverTheUmask() throws Exception {
        try (Database open = Database.open(config())) {
            Migrations.run(open);
            TreeMap<String, String> modes = new TreeMap<>();
            try (Stream<Path> files = Files.walk(directory.resolve("data"))) {
                for (Path file : files.toList()) {
                    modes.put(
                            directory.relativize(file).toString(),
                            PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
                }
            }
            assertThat(modes)
                    .containsEntry("data", "rwx------")
                    .containsEntry("data/x.mv.db", "rw-------")
                    .containsEntry("data/x.lock.db", "rw-------")
                    .containsEntry("data/x.login", "rw-------")
                    .containsEntry("data/x.admin.login", "rw-------")
                    .hasSize(5);
            nobodyWithoutPassword();
            for (String beyond : List.of(
                    "CREATE ALIAS f AS 'int f() { return 1; }'",
                    "CREATE TABLE mine (i int)",
                    "SELECT file_read('/etc/hostname')",
                    "ALTER USER sa SET PASSWORD ''",
                    "DROP TABLE avatar_event",
                    "SHUTDOWN")) {
                assertThatThrownBy(() -> Sql.run(open, beyond))
                        .isInstanceOfSatisfying(
                                StoreException.class,
                                e -> assertThat(e.sqlState().orElse("")).isIn("90040", "90096"));
            }
        }
        assertThat(LocalAccess.problems(config())).isEmpty();
    }

    /**
     * The login of workers gets its privileges in the schema that the URL selects, in any letter case, and nowhere
     * else.
     */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"app | SCHEMA=app", "app | SCHEMA_SEARCH_PATH=app,public"})
    void otherSchemaThanPublicIsWorkedInByTheUserWithoutAdminRights(String schema, String setting) throws Exception {
        Database.open(config()).close();
        String password = H2Login.read(database(), H2Login.Role.ADMINISTRATOR)
                .orElseThrow()
                .password();
        try (Connection administrator = byHand("sa", password);
                Statement statement = administrator.createStatement()) {
            statement.execute("CREATE SCHEMA " + schema);
            statement.execute("CREATE SCHEMA other");
            statement.execute("CREATE TABLE " + schema + ".t (i int)");
            statement.execute("CREATE TABLE other.t (i int)");
            statement.execute("INSERT INTO " + schema + ".t VALUES (7)");
        }
        StoreConfig there = new StoreConfig(config().url() + ";" + setting, "", "", 4);

        for (int start = 1; start <= 2; start++) {
            try (Database open = Database.open(there)) {
                Migrations.run(open);
                mayWork(open);
                assertThat(Sql.rows(open, "SELECT count(*) FROM avatar_event")).containsExactly("0");
                assertThat(Sql.rows(open, "SELECT lower(current_user)")).containsExactly("avatar_monitor");
                assertThatThrownBy(() -> Sql.rows(open, "SELECT * FROM other.t"))
                        .isInstanceOfSatisfying(
                                StoreException.class,
                                e -> assertThat(e.sqlState()).contains("90096"));
            }
        }
    }

    @Test
    void temporaryFilesAreForTheOwnerAlone() throws IOException {
        H2Connection.bindToLoopback();
        String url = ConnectionSettings.of(config()).url();
        assertThat(H2Connection.driverUrl(url)).startsWith("jdbc:h2:owner:async:");
        Path made = null;
        try {
            org.h2.store.fs.FilePath file = org.h2.store.fs.FilePath.get("owner:async:" + directory.resolve("t"));
            made = Path.of(file.createTempFile(".temp.db", false).toString().replace("owner:async:", ""));
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
                    .isEqualTo("rw-------");
            org.h2.store.fs.FilePath.get("owner:async:" + directory.resolve("backup"))
                    .newOutputStream(false)
                    .close();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("backup"))))
                    .isEqualTo("rw-------");
        } finally {
            if (made != null) {
                Files.deleteIfExists(made);
            }
        }
    }

    @Test
    void databaseOfAnOlderVersionIsClosedByAWriterAndLeftByALooker() throws Exception {
        Files.createDirectory(
                directory.resolve("data"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        oldDatabase();
        try (Database looker = Database.openExisting(config())) {
            assertThat(Sql.rows(looker, "SELECT i FROM t")).containsExactly("7");
        }
        byHand("sa", "").close();
        assertThat(LocalAccess.problems(config()))
                .extracting(LocalAccess::severe)
                .startsWith(true);

        try (Database writer = Database.open(config())) {
            mayWork(writer);
            nobodyWithoutPassword();
        }

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("data"))))
                .isEqualTo("rwx------");
        assertThat(LocalAccess.problems(config())).isEmpty();
        try (Database looker = Database.openExisting(config())) {
            mayWork(looker);
        }
    }

    @Test
    void databaseThatAnotherProcessHasOpenIsClosedAllTheSame() throws Exception {
        try (Connection old = byHand("sa", "");
                Statement statement = old.createStatement()) {
            statement.execute("CREATE TABLE t (i int)");
            statement.execute("INSERT INTO t VALUES (7)");
            try (Database writer = Database.open(config())) {
                mayWork(writer);
                nobodyWithoutPassword();
                assertThat(statement.executeUpdate("UPDATE t SET i = i")).isEqualTo(1);
            }
        }
    }

    @Test
    void crashBetweenFileAndDatabaseIsMadeGood() throws Exception {
        oldDatabase();
        H2Login written = H2Login.readOrCreate(database(), H2Login.Role.ADMINISTRATOR);
        try (Database looker = Database.openExisting(config())) {
            assertThat(Sql.rows(looker, "SELECT i FROM t")).containsExactly("7");
        }

        try (Database writer = Database.open(config())) {
            mayWork(writer);
            nobodyWithoutPassword();
            byHand("sa", written.password()).close();
        }

        // The login file of the other user exists, but the user is missing, or has another password.
        Files.delete(H2Login.Role.WORK.file(database()));
        try (Database looker = Database.openExisting(config())) {
            assertThat(Sql.rows(looker, "SELECT i FROM t")).containsExactly("7");
        }
        try (Database writer = Database.open(config())) {
            mayWork(writer);
        }
    }

    @Test
    void lostPasswordIsSaidWithWhatToDo() throws Exception {
        oldDatabase();
        Database.open(config()).close();
        Files.delete(H2Login.Role.ADMINISTRATOR.file(database()));

        assertThatThrownBy(() -> Database.open(config()))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.misconfigured()).isTrue())
                .hasMessageContaining("x.admin.login nor an empty one")
                .hasMessageContaining("set db.user and db.password");

        Files.writeString(H2Login.Role.ADMINISTRATOR.file(database()), "-user sa\n");
        assertThatThrownBy(() -> Database.open(config())).hasMessageContaining("restore it from a backup");
    }

    @Test
    void processesThatMakeItAtOnceAgreeOnThePassword() throws Exception {
        agreeOnThePassword(Files::createLink);
    }

    /** Simulates FAT and some network mounts, where Unix reports EPERM. */
    @Test
    void processesAgreeOnThePasswordAlsoWhereThereAreNoHardLinks() throws Exception {
        agreeOnThePassword((link, existing) -> {
            throw new FileSystemException(link.toString(), existing.toString(), "Operation not permitted");
        });
    }

    private void agreeOnThePassword(H2Login.Linker linker) throws Exception {
        Files.createDirectories(directory.resolve("data"));
        List<CompletableFuture<H2Login>> all = Stream.generate(
                        () -> Background.supply(() -> H2Login.readOrCreate(database(), H2Login.Role.WORK, linker)))
                .limit(16)
                .toList();
        for (CompletableFuture<H2Login> one : all) {
            assertThat(one.get(60, TimeUnit.SECONDS)).isEqualTo(all.get(0).get(20, TimeUnit.SECONDS));
        }
        assertThat(all.get(0).join().password()).matches("[0-9a-f]{64}");
        assertThat(all.get(0).join()).hasToString("H2Login[user=avatar_monitor, password=***]");
        try (Stream<Path> files = Files.list(directory.resolve("data"))) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void folderThatHoldsOtherThingsIsLeftAndOneThatOthersMayWriteIsRefused() throws Exception {
        Path data = Files.createDirectory(directory.resolve("data"));
        Files.createFile(data.resolve("notes.txt"));
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-xr-x"));
        Database.open(config()).close();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
                .isEqualTo("rwxr-xr-x");
        assertThat(LocalAccess.problems(config())).singleElement().satisfies(problem -> {
            assertThat(problem.severe()).isFalse();
            assertThat(problem.advice()).isEqualTo("chmod 700 " + data + ", or have db.url name a folder of its own");
        });

        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatThrownBy(() -> Database.open(config()))
                .hasMessage(
                        "folder " + data + " (rwxrwxrwx) lets other users replace the files of the database: chmod 700 "
                                + data + ", or have db.url name a folder of its own");
        Database.openExisting(config()).close();
    }
}
