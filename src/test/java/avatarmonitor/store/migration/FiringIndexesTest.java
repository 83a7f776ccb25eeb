package avatarmonitor.store.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.store.Database;
import avatarmonitor.testing.Background;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Removal of indexes on firings: in a running database, and only from this product's tables. */
final class FiringIndexesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @AutoClose
    private final TestDatabase.Fresh fresh = TestDatabase.POSTGRESQL_18.fresh();

    private final Database database = fresh.database();

    @BeforeEach
    void asBefore() {
        Sql.run(
                database,
                "CREATE INDEX idx_qrtz_ft_t_g ON qrtz_fired_triggers (sched_name, trigger_name, trigger_group)",
                "CREATE INDEX idx_qrtz_ft_trig_inst_name ON qrtz_fired_triggers (sched_name, instance_name)");
    }

    private void migrate() throws IOException {
        Sql.run(database, Files.readString(Path.of("sql/migrations/postgresql/V11__firings_by_key_only.sql")));
    }

    private long indexes() {
        return Sql.rows(database, "SELECT indexname FROM pg_indexes WHERE tablename = 'qrtz_fired_triggers'")
                .size();
    }

    /** A restore creates tables in the order of their names. */
    @Test
    void ownTablesLoseThemAlsoAfterARestore() throws IOException {
        Sql.run(
                database,
                "ALTER TABLE avatar_monitor_schema_history RENAME TO old",
                "CREATE TABLE avatar_monitor_schema_history AS SELECT * FROM old");
        migrate();
        assertThat(indexes()).isEqualTo(1);
    }

    @Test
    void tablesThatAreNotOursKeepThem() throws IOException {
        Sql.run(database, "ALTER TABLE qrtz_fired_triggers RESET (autovacuum_vacuum_threshold)");
        migrate();
        assertThat(indexes()).isEqualTo(3);
    }

    @Test
    void tablesThatAnotherSchedulerUsesKeepThem() throws IOException {
        for (String row : new String[] {
            "qrtz_locks VALUES ('app', 'TRIGGER_ACCESS')",
            "qrtz_scheduler_state VALUES ('app', 'a', 1, 1)",
            "qrtz_job_details VALUES ('app', 'j', 'g', null, 'c', true, false, false, false)"
        }) {
            Sql.run(database, "INSERT INTO " + row);
            migrate();
            assertThat(indexes()).as(row).isEqualTo(3);
            Sql.run(database, "DELETE FROM " + row.split(" ", 2)[0] + " WHERE sched_name = 'app'");
        }
    }

    @Test
    void migrationThatWaitsForAReaderLetsWorkersThrough() throws Exception {
        // Keeps only the tables of Quartz, so that all migrations run again.
        Sql.run(database, """
                DO $$
                DECLARE
                  ours text;
                BEGIN
                FOR ours IN SELECT viewname FROM pg_views WHERE schemaname = 'public' LOOP
                  EXECUTE format('DROP VIEW IF EXISTS %I CASCADE', ours);
                END LOOP;
                FOR ours IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'avatar\\_%' LOOP
                  EXECUTE format('DROP TABLE %I', ours);
                END LOOP;
                END
                $$
                """);
        try (Connection dump = database.pool().getConnection();
                Statement reads = dump.createStatement()) {
            dump.setAutoCommit(false);
            reads.execute("SET LOCAL idle_in_transaction_session_timeout = 0");
            reads.execute("SELECT count(*) FROM qrtz_fired_triggers");
            CompletableFuture<Integer> migrations = Background.supply(() -> Migrations.run(database));
            await().atMost(PATIENCE).until(() -> !Sql.rows(database, """
                            SELECT pid FROM pg_locks
                            WHERE relation = 'qrtz_fired_triggers'::regclass AND mode = 'AccessExclusiveLock' AND NOT granted""").isEmpty());

            Sql.run(
                    database,
                    "SET LOCAL lock_timeout = '12s'",
                    "INSERT INTO qrtz_fired_triggers VALUES ('avatar-monitor', 'e', 'n', 'g', 'i', 1, 1, 5, 'EXECUTING')");
            assertThat(migrations).isNotDone();
            dump.rollback();

            assertThat(migrations.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isPositive();
            assertThat(Migrations.pending(database)).isEmpty();
        }
        assertThat(indexes()).isEqualTo(1);
    }
}
