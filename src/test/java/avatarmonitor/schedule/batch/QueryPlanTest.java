package avatarmonitor.schedule.batch;

import static avatarmonitor.schedule.Triggers.NOTHING_MORE;
import static avatarmonitor.schedule.Triggers.SHARED;
import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.schedule.CapturedStatements;
import avatarmonitor.schedule.Triggers;
import avatarmonitor.schedule.quartz.Inside;
import avatarmonitor.schedule.quartz.QuartzNode;
import avatarmonitor.schedule.quartz.TriggerWithRowId;
import avatarmonitor.store.Database;
import avatarmonitor.store.sql.FreshPlan;
import avatarmonitor.testing.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.quartz.impl.jdbcjobstore.PostgreSQLDelegate;
import org.quartz.impl.triggers.SimpleTriggerImpl;

/** PostgreSQL finds due triggers by an index; explains the exact statements and parameter types that are sent. */
@ParameterizedClass
@EnumSource(value = TestDatabase.class, mode = EnumSource.Mode.EXCLUDE, names = "H2")
class QueryPlanTest {
    private static final int TRIGGERS = 30_000;

    private final TestDatabase.Fresh fresh;
    private final Database database;

    QueryPlanTest(TestDatabase kind) {
        fresh = kind.fresh();
        database = fresh.database();
    }

    @AfterEach
    void close() {
        fresh.close();
    }

    @Test
    void dueAndOverdueTriggersAreFoundByIndex() throws Exception {
        // One trigger every two milliseconds; half of them are overdue, as after an outage.
        Instant now = Instant.now();
        storeFrom(now.minusSeconds(30));
        assertPlans(now);
    }

    @Test
    void dueTriggersAreFoundByIndexWhenNothingIsLate() throws Exception {
        Instant now = Instant.now();
        storeFrom(now);
        assertPlans(now);
    }

    /** Statistics of a queue are usually wrong: here they are those of one trigger. */
    @Test
    void batchTouchesOnlyItsOwnRowsWhateverTheStatisticsSay() throws Exception {
        storeFrom(Instant.now().minusSeconds(20));
        Triggers.change(
                database, "UPDATE pg_class SET reltuples = 1, relpages = 1 WHERE relname LIKE 'qrtz_%triggers%'");
        int batch = BatchFiring.BATCH_MAX;
        try (Connection connection = database.planFixedPool("plans", 1).getConnection()) {
            connection.setAutoCommit(false);
            DueTriggers triggers = new DueTriggers(connection);
            long now = Instant.now().toEpochMilli();
            List<DueTriggers.Firing> firings = new ArrayList<>();
            for (DueTriggers.Due due : triggers.lock(now, now - 30_000, now - 30_000, batch)) {
                TriggerWithRowId trigger = Objects.requireNonNull(due.row().simple());
                SimpleTriggerImpl after = (SimpleTriggerImpl) trigger.clone();
                after.triggered(null);
                firings.add(new DueTriggers.Firing(due, trigger, after, "entry-" + firings.size()));
            }
            Map<String, String> places = triggers.fire(firings, "worker", now);
            triggers.next(now);
            assertThat(firings).hasSize(batch);
            assertTouched(connection, "qrtz_triggers", batch, 3 * batch);
            assertTouched(connection, "qrtz_simple_triggers", batch, 2 * batch);

            fireOthers(connection, 10 * batch);
            FiredRow.delete(
                    connection,
                    places.entrySet().stream()
                            .map(place -> new FiredRow(place.getKey(), place.getValue()))
                            .toList());
            // Found by ctid.
            assertTouched(connection, "qrtz_fired_triggers", 0, 0);
            FiredRow.delete(
                    connection,
                    IntStream.rangeClosed(1, batch)
                            .mapToObj(n -> new FiredRow("other-" + n, null))
                            .toList());
            assertTouched(connection, "qrtz_fired_triggers", batch, batch);

            FreshPlan.byIndex(connection);
            Inside.postgresRows(1)
                    .delete(
                            connection,
                            firings.stream()
                                    .map(firing -> firing.before().getKey())
                                    .toList());
            assertTouched(connection, "qrtz_triggers", batch, 6 * batch);
            assertTouched(connection, "qrtz_simple_triggers", batch, 5 * batch);
        }
    }

    /** Another worker fires the previous slot during this query: then the row in the second table has moved. */
    @Test
    void fireIsCountedAlsoWhenTheOtherHalfHasMoved() throws Exception {
        storeFrom(Instant.now().minusSeconds(20));
        long now = Instant.now().toEpochMilli();
        try (Connection connection = database.planFixedPool("plans", 1).getConnection()) {
            connection.setAutoCommit(false);
            DueTriggers triggers = new DueTriggers(connection);
            DueTriggers.Due due =
                    triggers.lock(now, now - 30_000, now - 30_000, 1).get(0);
            TriggerWithRowId trigger = Objects.requireNonNull(due.row().simple());
            String name = trigger.getName();
            Triggers.change(
                    database,
                    "UPDATE qrtz_simple_triggers SET times_triggered = 7 WHERE trigger_name = '" + name + "'");
            triggers.fire(List.of(new DueTriggers.Firing(due, trigger, FiringBatch.after(trigger), "e")), "w", now);
            connection.commit();
            assertThat(Triggers.number(
                            database,
                            "SELECT times_triggered FROM qrtz_simple_triggers WHERE trigger_name = '" + name + "'"))
                    .isEqualTo(8);
        }
    }

    /** A database dump may last for hours, during which dead row versions cannot be removed. */
    @Test
    void searchDoesNotReadFiredRowsWhileASnapshotIsOpen() throws Exception {
        storeFrom(Instant.now().minusSeconds(3600));
        long now = Instant.now().toEpochMilli();
        try (Connection dump = database.pool().getConnection();
                Connection connection = database.planFixedPool("plans", 1).getConnection();
                Statement statement = dump.createStatement()) {
            dump.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            dump.setAutoCommit(false);
            statement.execute("SELECT count(*) FROM qrtz_locks");
            Triggers.change(database, "UPDATE qrtz_triggers SET next_fire_time = " + (now + 60_000));
            connection.setAutoCommit(false);
            assertThat(new DueTriggers(connection).lock(now, now - 30_000, now - 30_000, 1000))
                    .isEmpty();
            assertThat(entriesRead(connection)).isLessThan(10);
            assertThat(new DueTriggers(connection).lock(now, now - 30_000, 0, 1000))
                    .isEmpty();
            assertThat(entriesRead(connection)).isGreaterThan(TRIGGERS);
        }
    }

    private static long entriesRead(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return Long.parseLong(lines(statement, """
                    SELECT sum(pg_stat_get_xact_tuples_returned(indexrelid))::bigint FROM pg_index
                    WHERE indrelid = 'qrtz_triggers'::regclass""").get(0));
        }
    }

    private static void fireOthers(Connection connection, int count) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("""
                    INSERT INTO qrtz_fired_triggers (sched_name, entry_id, trigger_name, trigger_group, instance_name, fired_time,
                                                     sched_time, priority, state)
                    SELECT 'avatar-monitor', 'other-' || n, 'other-' || n, 'avatar', 'worker', 0, 0, 5, 'EXECUTING'
                    FROM generate_series(1, %d) n""".formatted(count));
        }
    }

    private static void assertTouched(Connection connection, String table, int least, int most) throws SQLException {
        String sql = "SELECT seq_tup_read || ' ' || idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = '"
                + table + "'";
        try (Statement statement = connection.createStatement()) {
            String[] read = lines(statement, sql).get(0).split(" ", -1);
            assertThat(Integer.parseInt(read[0]))
                    .as("rows of " + table + " read in sequence")
                    .isZero();
            assertThat(Integer.parseInt(read[1]))
                    .as("rows of " + table + " read by index")
                    .isBetween(least, most);
        }
    }

    private void storeFrom(Instant start) throws Exception {
        QuartzNode node = Triggers.node(database, "a", (bundle, scheduler) -> context -> {});
        Triggers.store(node, List.of(Triggers.everyMinute("first", start)), SHARED, NOTHING_MORE);
        node.stop(Duration.ofSeconds(5));
        Triggers.copy(database, TRIGGERS, 2);
    }

    private void assertPlans(Instant now) {
        List<CapturedStatements.Captured> statements = database.inTransaction(connection -> {
            CapturedStatements capture = new CapturedStatements();
            Connection captured = capture.around(connection);
            PostgreSQLDelegate delegate = Inside.delegate(true);
            for (PostgreSQLDelegate acquiring : List.of(delegate, Inside.delegate(false))) {
                acquiring.selectTriggerToAcquire(
                        captured,
                        now.plusSeconds(5).toEpochMilli(),
                        now.minusSeconds(30).toEpochMilli(),
                        8);
            }
            delegate.countMisfiredTriggersInState(
                    captured, "WAITING", now.minusSeconds(20).toEpochMilli());
            Inside.portableRows().misfired(captured, now.minusSeconds(20));
            return capture.all();
        });
        assertThat(statements)
                .hasSize(4)
                .allSatisfy(statement -> assertThat(statement.types().values()).doesNotContain("numeric"));
        for (CapturedStatements.Captured statement : statements) {
            for (String mode : List.of("force_custom_plan", "force_generic_plan")) {
                List<String> plan = explain(statement, mode);
                assertThat(plan)
                        .as(mode + "\n" + statement.sql() + String.join("\n", plan))
                        .anyMatch(line -> line.contains("Index Cond") && line.contains("next_fire_time"))
                        .noneMatch(line -> line.contains("Seq Scan on qrtz_triggers"))
                        .noneMatch(line -> line.strip().matches("(->\\s+)?Sort"));
            }
        }
    }

    private List<String> explain(CapturedStatements.Captured captured, String mode) {
        return database.read(connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET plan_cache_mode = " + mode);
                statement.execute(captured.prepare("captured"));
                return lines(statement, "EXPLAIN (COSTS OFF) " + captured.execute("captured"));
            } finally {
                reset(connection);
            }
        });
    }

    private static List<String> lines(Statement statement, String sql) throws SQLException {
        List<String> lines = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                lines.add(rows.getString(1));
            }
        }
        return lines;
    }

    private static void reset(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("DEALLOCATE captured");
            statement.execute("RESET plan_cache_mode");
        }
    }
}
