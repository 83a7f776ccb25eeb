package avatarmonitor.store.migration;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import avatarmonitor.store.sql.Dialect;
import avatarmonitor.testing.Background;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The files under {@code sql/views} and when they are applied. */
@Execution(ExecutionMode.CONCURRENT)
@ParameterizedClass
@EnumSource(TestDatabase.class)
final class ViewDefinitionsTest {
    /** The product's views, and on PostgreSQL the function below them. */
    private static final List<String> VIEWS = List.of(
            "avatar_monitor_candidate",
            "avatar_monitor_training",
            "avatar_monitor_trigger",
            "avatar_monitor_trigger_health",
            "avatar_monitor_worker",
            "v_future_times",
            "v_recent_events",
            "v_stalled",
            "v_stuck_triggers",
            "v_unwatched",
            "v_watched",
            "v_workers");

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final TestDatabase kind;

    @AutoClose
    private final TestDatabase.Fresh fresh;

    private final Database database;

    ViewDefinitionsTest(TestDatabase kind) {
        this.kind = kind;
        fresh = kind.fresh();
        database = fresh.database();
    }

    @Test
    void viewsThatWentWithATableComeBack() {
        // H2 does not follow views into their subqueries, so most survive the removal of Quartz's tables there.
        boolean h2 = kind == TestDatabase.H2;
        String table = h2 ? "qrtz_scheduler_state" : "qrtz_fired_triggers";
        String gone = h2
                ? "avatar_monitor_worker, v_workers"
                : "avatar_monitor_trigger_health, v_watched, v_unwatched, v_stuck_triggers, v_workers";
        List<String> columns = columns();
        Sql.run(database, "CREATE TABLE copy AS SELECT * FROM " + table, "DROP TABLE " + table + " CASCADE");
        assertThat(views()).doesNotContain("v_workers");
        assertThat(Migrations.pending(database)).containsExactly("views (missing: " + gone + ")");
        assertThatThrownBy(() -> Migrations.requireRun(database))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("run avatar-monitor migrate");
        assertThatThrownBy(() -> Migrations.run(database))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.explained()).isTrue())
                .hasMessageContaining("cannot create " + gone.split(",", 2)[0])
                .hasMessageContaining(table)
                .hasMessageEndingWith("restore that table, then run avatar-monitor migrate");

        Sql.run(database, "ALTER TABLE copy RENAME TO " + table);

        assertThat(Migrations.run(database)).isEqualTo(1);
        assertThat(views()).containsExactlyElementsOf(VIEWS);
        assertThat(columns()).isEqualTo(columns);
        assertThat(Migrations.pending(database)).isEmpty();
        assertThat(Migrations.run(database)).isZero();
    }

    @Test
    void functionThatWasDroppedComesBack() {
        if (kind == TestDatabase.H2) {
            assertThat(Views.definitions(Dialect.H2))
                    .noneMatch(view -> view.name().equals("avatar_monitor_training_rows"));
            return;
        }
        Sql.run(database, "DROP FUNCTION avatar_monitor_training_rows CASCADE");

        assertThat(Migrations.run(database)).isEqualTo(1);
        assertThat(views()).containsExactlyElementsOf(VIEWS);
        assertThat(Sql.rows(database, "SELECT count(*) FROM v_unwatched")).containsExactly("0");
    }

    @Test
    void olderViewsAreReplaced() {
        older("v_recent_events", "SELECT id, at FROM avatar_event");
        assertThat(Migrations.pending(database))
                .containsExactly("views of version " + Views.VERSION + " (this database has 0)");

        assertThat(Migrations.run(database)).isEqualTo(1);

        assertThat(columns()).contains("v_recent_events.detail");
        assertThat(version()).isEqualTo(Views.VERSION);
    }

    /** An older worker of a rolling deployment starts after a newer one. */
    @Test
    void newerViewsAreLeftAlone() {
        newer();

        assertThat(Migrations.pending(database)).isEmpty();
        assertThat(Migrations.run(database)).isZero();

        assertThat(columns()).contains("v_recent_events.new_column");
        assertThat(version()).isEqualTo(1_000_000);
    }

    @Test
    void besideNewerViewsOnlyTheMissingOnesAreCreatedAndTheNextNewerProgramReplacesThem() {
        newer();
        Sql.run(database, "DROP VIEW v_stalled");

        assertThat(Migrations.run(database)).isEqualTo(1);

        assertThat(views()).containsExactlyElementsOf(VIEWS);
        assertThat(columns()).contains("v_recent_events.new_column");
        assertThat(version()).isEqualTo(Views.VERSION);
        assertThat(Migrations.run(database)).isZero();
    }

    @Test
    void lostRecordOfTheVersionIsWrittenAgain() {
        Sql.run(database, "DELETE FROM avatar_monitor_views");

        assertThat(Migrations.run(database)).isEqualTo(1);
        assertThat(version()).isEqualTo(Views.VERSION);
    }

    @Test
    void replacingWaitsForAReaderAndLetsOthersThrough() throws Exception {
        if (kind == TestDatabase.H2) {
            // Readers hold no lock on a view there.
            older("v_recent_events", "SELECT id, at FROM avatar_event");
            assertThat(Migrations.run(database)).isEqualTo(1);
            return;
        }
        Sql.run(database, "UPDATE avatar_monitor_views SET version = 0");
        try (Connection dump = database.pool().getConnection();
                Statement reads = dump.createStatement()) {
            dump.setAutoCommit(false);
            reads.execute("SET LOCAL idle_in_transaction_session_timeout = 0");
            reads.execute("SELECT count(*) FROM v_watched");
            CompletableFuture<Integer> migrations = Background.supply(() -> Migrations.run(database));
            await().atMost(PATIENCE).until(() -> !Sql.rows(database, """
                            SELECT pid FROM pg_locks
                            WHERE mode = 'AccessExclusiveLock' AND NOT granted AND relation::regclass::text LIKE '%avatar_monitor_training'""").isEmpty());

            Sql.run(database, "SET LOCAL lock_timeout = '12s'", "SELECT count(*) FROM v_watched");
            assertThat(migrations).isNotDone();
            dump.rollback();

            assertThat(migrations.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(1);
        }
    }

    @Test
    void everyFileIsApplied() throws IOException {
        Dialect dialect = database.dialect();
        Set<String> files = Set.copyOf(texts(dialect.folder(), "common"));

        assertThat(Views.definitions(dialect).stream()
                        .map(view -> "sql/views/" + view.folder() + "/" + view.name() + ".sql")
                        .collect(toSet()))
                .isEqualTo(files);
    }

    @Test
    void everyViewIsGranted() throws IOException {
        for (String file : List.of("worker", "reader")) {
            String grants = Files.readString(Path.of("sql/grants/" + file + ".sql"));
            for (Views.Definition view : Views.definitions(database.dialect())) {
                assertThat(view.name().startsWith("avatar_monitor_") || grants.contains("'" + view.name() + "'"))
                        .as(file + " " + view.name())
                        .isTrue();
            }
        }
    }

    /** Otherwise existing databases would keep the old definition. */
    @Test
    void changedTextHasANewVersion() throws IOException, NoSuchAlgorithmException {
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        for (String file : texts("common", "h2", "postgresql")) {
            sha.update(file.getBytes(StandardCharsets.UTF_8));
            sha.update(Files.readAllBytes(Path.of(file)));
        }

        assertThat(Views.VERSION + " " + HexFormat.of().formatHex(sha.digest()).substring(0, 16))
                .as("a file under sql/views has changed: raise Views.VERSION, then write both here")
                .isEqualTo("20 be4194f411fe2398");
    }

    private static Set<String> texts(String... folders) throws IOException {
        Set<String> files = new TreeSet<>();
        for (String folder : folders) {
            try (Stream<Path> found = Files.list(Path.of("sql/views", folder))) {
                found.map(file -> file.toString().replace('\\', '/')).forEach(files::add);
            }
        }
        return files;
    }

    private void older(String view, String select) {
        Sql.run(
                database,
                "DROP VIEW " + view,
                "CREATE VIEW " + view + " AS " + select,
                "UPDATE avatar_monitor_views SET version = 0");
    }

    private void newer() {
        Sql.run(
                database,
                "CREATE OR REPLACE VIEW v_recent_events AS SELECT id, at, avatar_id, fal_request_id, worker, type, detail,"
                        + " 1 AS new_column FROM avatar_event",
                "UPDATE avatar_monitor_views SET version = 1000000");
    }

    private int version() {
        return Integer.parseInt(
                Sql.rows(database, "SELECT version FROM avatar_monitor_views").get(0));
    }

    private List<String> views() {
        return Sql.rows(
                database, "SELECT table_name FROM information_schema.views WHERE table_schema = 'public' ORDER BY 1");
    }

    private List<String> columns() {
        return Sql.rows(
                database,
                "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public'"
                        + " AND (table_name LIKE 'v\\_%' OR table_name LIKE 'avatar\\_monitor\\_tr%') ORDER BY table_name, ordinal_position");
    }
}
