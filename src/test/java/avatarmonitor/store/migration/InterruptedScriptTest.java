package avatarmonitor.store.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationVersion;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** A migration of an H2 file that is killed or fails after any of its statements runs again. */
final class InterruptedScriptTest {
    private static final String SCHEMA = """
            SELECT table_name || '.' || column_name || ' ' || data_type FROM information_schema.columns
            WHERE table_schema = current_schema AND table_name IN (
                SELECT table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE')
            UNION ALL
            SELECT 'index ' || index_name FROM information_schema.indexes
            WHERE index_schema = current_schema AND index_name LIKE 'idx%' ORDER BY 1""";

    @AutoClose
    private final TestDatabase.Fresh fresh = TestDatabase.H2.empty();

    private final Database database = fresh.database();

    @AutoClose
    private final HikariDataSource connections =
            database.migrationPool(5, Duration.ofMinutes(1), Duration.ofSeconds(2));

    private Flyway upTo(MigrationVersion version) {
        return Flyway.configure()
                .dataSource(connections)
                .locations("classpath:sql/migrations/common", "classpath:sql/migrations/h2")
                .table("avatar_monitor_schema_history")
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .placeholderReplacement(false)
                .target(version)
                .load();
    }

    private List<String> schema() {
        return Sql.rows(database, SCHEMA);
    }

    private void interrupt(String script, List<String> executed) {
        Sql.run(database, "INSERT INTO avatar_monitor_migration_script VALUES (1, '" + script + "')");
        executed.forEach(statement -> Sql.run(database, statement));
    }

    @Test
    void scriptThatWasInterruptedAnywhereRunsAgain() {
        int interruptions = 0;
        for (MigrationInfo script :
                Arrays.asList(upTo(MigrationVersion.LATEST).info().pending())) {
            InterruptedScript.undo(connections, () -> true);
            List<String> before = schema();
            List<String> statements = InterruptedScript.statements(script.getScript());
            for (int executed = 1; executed <= statements.size(); executed++) {
                interrupt(script.getScript(), statements.subList(0, executed));
                InterruptedScript.undo(connections, () -> true);
                // What runs only where it is missing may stay.
                if (!String.join(";", statements).contains("IF NOT EXISTS")) {
                    assertThat(schema())
                            .as("%s after %d statements", script.getScript(), executed)
                            .isEqualTo(before);
                }
                interruptions++;
            }
            upTo(script.getVersion()).migrate();
        }
        assertThat(interruptions).isGreaterThan(90);
        Migrations.run(database);
        try (TestDatabase.Fresh never = TestDatabase.H2.fresh()) {
            assertThat(schema()).isEqualTo(Sql.rows(never.database(), SCHEMA));
        }
        assertThat(Migrations.pending(database)).isEmpty();
    }

    /** The second statement of V20 reads a table that is missing at that moment. */
    @Test
    void scriptThatFailedHalfWayRunsAgain() {
        upTo(MigrationVersion.fromVersion("16")).migrate();
        Sql.run(
                database,
                "INSERT INTO avatar_monitoring (avatar_id, fal_request_id, watched_since, window_ends_at)"
                        + " VALUES (random_uuid(), 'r-1', current_timestamp, current_timestamp)",
                "CREATE TABLE kept AS SELECT * FROM avatar_monitoring",
                "DROP TABLE avatar_monitoring CASCADE");
        assertThatThrownBy(() -> Migrations.run(database)).hasMessageContaining("V20__training_types.sql");
        assertThat(Sql.rows(database, "SELECT count(*) FROM avatar_monitor_training_type"))
                .as("left by the script")
                .containsExactly("0");
        Sql.run(database, "ALTER TABLE kept RENAME TO avatar_monitoring");

        assertThat(Migrations.run(database)).isPositive();
        assertThat(AppliedMigrations.complete(database)).isTrue();
        assertThat(Sql.rows(database, "SELECT name, endpoint FROM avatar_monitor_training_type ORDER BY name"))
                .containsExactly("PORTRAIT|fal-ai/flux-lora-portrait-trainer", "STYLE|fal-ai/flux-pro-trainer");
        assertThat(Sql.rows(database, "SELECT fal_request_id FROM avatar_monitoring"))
                .containsExactly("r-1");
    }

    /** The last script of a whole migration is not taken for an interrupted one. */
    @Test
    void nothingIsRemovedWhenTheHistoryWasLost() {
        Migrations.run(database);
        List<String> before = schema();
        Sql.run(database, "DROP TABLE \"avatar_monitor_schema_history\"");
        assertThatThrownBy(() -> Migrations.run(database)).isInstanceOf(StoreException.class);
        assertThat(schema())
                .containsAll(before.stream()
                        .filter(column -> !column.startsWith("avatar_monitor_schema_history"))
                        .toList());
    }

    /** After a failed upgrade the former version is started again. */
    @Test
    void failedScriptOfANewerVersionDoesNotKeepThisOneFromStarting() {
        Migrations.run(database);
        Sql.run(
                database,
                "INSERT INTO avatar_monitor_migration_script VALUES (1, 'V9000__later.sql')",
                "INSERT INTO \"avatar_monitor_schema_history\" SELECT \"installed_rank\" + 1000, '9000', \"description\","
                        + " \"type\", 'V9000__later.sql', 7, \"installed_by\", \"installed_on\", \"execution_time\", FALSE"
                        + " FROM \"avatar_monitor_schema_history\" WHERE \"version\" = '12'");
        assertThat(Migrations.run(database)).isZero();
        assertThat(Sql.rows(database, "SELECT script FROM avatar_monitor_migration_script"))
                .as("left to the newer version")
                .containsExactly("V9000__later.sql");
    }

    /** A table that exists before the script is not its own. */
    @Test
    void tableThatWasThereBeforeTheScriptIsNeverRemoved() {
        upTo(MigrationVersion.fromVersion("12")).migrate();
        Sql.run(database, "CREATE TABLE avatar_monitor_answer (note varchar(10))");
        Sql.run(database, "INSERT INTO avatar_monitor_answer VALUES ('kept')");
        for (int start = 0; start < 2; start++) {
            assertThatThrownBy(() -> Migrations.run(database)).isInstanceOf(StoreException.class);
            assertThat(Sql.rows(database, "SELECT note FROM avatar_monitor_answer"))
                    .containsExactly("kept");
        }
    }

    @Test
    void scriptOfANewerVersionIsLeftToThatVersion() {
        InterruptedScript.undo(connections, () -> true);
        interrupt("V9000__later.sql", List.of());
        assertThatThrownBy(() -> Migrations.run(database))
                .hasMessage("migration failed: script V9000__later.sql of another version was interrupted: start that"
                        + " version of avatar-monitor once");
    }
}
