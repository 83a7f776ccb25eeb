package avatarmonitor.schedule.batch;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.schedule.quartz.Inside;
import avatarmonitor.schedule.quartz.TriggerRows;
import avatarmonitor.schedule.quartz.TriggerWithRowId;
import avatarmonitor.store.Database;
import avatarmonitor.testing.Plans;
import avatarmonitor.testing.Plans.Plan;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.Statistics;
import avatarmonitor.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.quartz.TriggerKey;
import org.quartz.impl.jdbcjobstore.PostgreSQLDelegate;
import org.quartz.impl.triggers.SimpleTriggerImpl;

/**
 * Each statement of the schedule touches about as many rows as it returns or changes, whatever the table statistics and
 * the number of due triggers.
 */
class FiringPlansTest {
    private static final int TRIGGERS = 4_000;
    private static final int BATCH = 500;
    private static final List<Integer> DUE = List.of(0, 1_500, 4_000);

    /** Maximum of rows at one step of a batch: the batch, and the look-ahead of an incremental sort. */
    private static final int BATCH_ROWS = 600;

    /** Index descents, dead row versions, and the cost of writing a row in all indexes. */
    private static final int BATCH_PAGES = 30 * BATCH;

    @ParameterizedTest
    @MethodSource("avatarmonitor.testing.Statistics#onEachPostgres")
    void statementsTouchWhatTheyReturn(TestDatabase kind, Statistics statistics) throws Exception {
        long now = System.currentTimeMillis();
        try (TestDatabase.Fresh fresh = kind.fresh()) {
            Database plain = fresh.database();
            statistics.fill(plain, TRIGGERS, (from, to) -> fill(plain, from, to, now + 3_600_000));
            try (Database database = Plans.explaining(fresh)) {
                for (int due : DUE) {
                    makeDue(plain, due, now - 25_000);
                    int batch = Math.min(due, BATCH);
                    assertThat(fire(database, now, batch)).as("due=" + due).allSatisfy(FiringPlansTest::touchesABatch);
                    assertThat(moveAndRemove(database, now, batch))
                            .as("due=" + due)
                            .allSatisfy(FiringPlansTest::touchesABatch);
                    assertThat(oneByOne(database, now)).as("due=" + due).allSatisfy(plan -> {
                        assertThat(plan.rows()).as(plan.toString()).isLessThanOrEqualTo(50);
                        assertThat(plan.pages()).as(plan.toString()).isLessThanOrEqualTo(1_000);
                    });
                }
            }
        }
    }

    private static void touchesABatch(Plan plan) {
        assertThat(plan.rows()).as(plan.toString()).isLessThanOrEqualTo(BATCH_ROWS);
        assertThat(plan.pages()).as(plan.toString()).isLessThanOrEqualTo(BATCH_PAGES);
    }

    /** Statements of the threads that fire and that delete firings. */
    private static List<Plan> fire(Database database, long now, int expected) throws SQLException {
        try (Plans plans = new Plans();
                Connection connection = database.planFixedPool("plans", 1).getConnection()) {
            connection.setAutoCommit(false);
            DueTriggers triggers = new DueTriggers(connection);
            assertThat(triggers.lock(now, now - 30_000, now - 30_000, BATCH)).hasSize(expected);
            List<DueTriggers.Firing> firings = new ArrayList<>();
            for (DueTriggers.Due due : triggers.lock(now, now - 30_000, 0, BATCH)) {
                TriggerWithRowId trigger = Objects.requireNonNull(due.row().simple());
                firings.add(new DueTriggers.Firing(
                        due,
                        trigger,
                        FiringBatch.after(trigger),
                        "entry-" + due.row().key().getName()));
            }
            assertThat(triggers.next(now)).isGreaterThan(now);
            if (!firings.isEmpty()) {
                Map<String, String> places = triggers.fire(firings, "worker", now);
                assertThat(triggers.fired(firings)).isEqualTo(places);
                List<FiredRow> rows = places.entrySet().stream()
                        .map(place -> new FiredRow(place.getKey(), place.getValue()))
                        .toList();
                FiredRow.delete(connection, rows.subList(0, BATCH - 10));
                FiredRow.delete(
                        connection,
                        rows.subList(BATCH - 10, BATCH).stream()
                                .map(row -> new FiredRow(row.entry(), null))
                                .toList());
            }
            connection.rollback();
            return plans.all();
        }
    }

    private static List<Plan> moveAndRemove(Database database, long now, int expected) {
        try (Plans plans = new Plans()) {
            return database.inTransaction(connection -> {
                TriggerRows rows = Inside.postgresRows(BATCH);
                List<SimpleTriggerImpl> triggers = new ArrayList<>();
                rows.misfired(connection, Instant.ofEpochMilli(now - 10_000))
                        .forEach(row -> triggers.add(Objects.requireNonNull(row.simple())));
                assertThat(triggers).hasSize(expected);
                triggers.forEach(trigger -> trigger.setNextFireTime(Date.from(Instant.ofEpochMilli(now))));
                rows.reschedule(connection, triggers);
                List<TriggerKey> keys = triggers.stream()
                        .map(SimpleTriggerImpl::getKey)
                        .limit(50)
                        .toList();
                assertThat(rows.delete(connection, keys)).containsExactlyInAnyOrderElementsOf(keys);
                connection.rollback();
                return plans.all();
            });
        }
    }

    /** Quartz's statements for single triggers, and for the first of many overdue ones. */
    private static List<Plan> oneByOne(Database database, long now) {
        try (Plans plans = new Plans()) {
            return database.inTransaction(connection -> {
                PostgreSQLDelegate delegate = Inside.delegate(true);
                delegate.selectTriggerToAcquire(connection, now, now - 30_000, 8);
                Inside.delegate(false).selectTriggerToAcquire(connection, now, now - 30_000, 8);
                delegate.countMisfiredTriggersInState(connection, "WAITING", now - 10_000);
                TriggerKey key = new TriggerKey(name(7), "avatar");
                delegate.updateTriggerState(connection, key, "WAITING");
                Inside.portableRows().markError(connection, List.of(key));
                delegate.deleteTrigger(connection, key);
                connection.rollback();
                return plans.all();
            });
        }
    }

    private static String name(int number) {
        return "00000000-0000-0000-0000-" + String.format(Locale.ROOT, "%012d", number);
    }

    private static void makeDue(Database database, int count, long from) {
        Sql.run(database, """
                UPDATE qrtz_triggers SET next_fire_time = %d + CAST(right(trigger_name, 6) AS int)
                WHERE CAST(right(trigger_name, 6) AS int) <= %d""".formatted(from, count));
    }

    private static void fill(Database database, int from, int to, long start) {
        Sql.run(
                database,
                "SET LOCAL session_replication_role = replica",
                """
                INSERT INTO qrtz_job_details SELECT 'avatar-monitor', 'status-check', 'avatar', null, 'c', true, false, false, false
                ON CONFLICT DO NOTHING""",
                """
                INSERT INTO qrtz_triggers (sched_name, trigger_name, trigger_group, job_name, job_group, next_fire_time,
                  prev_fire_time, priority, trigger_state, trigger_type, start_time, end_time, misfire_instr)
                SELECT 'avatar-monitor', '00000000-0000-0000-0000-' || lpad(n::text, 12, '0'), 'avatar', 'status-check', 'avatar',
                  %d + n, -1, 5, 'WAITING', 'SIMPLE', 1, %d, 4
                FROM generate_series(%d, %d) n""".formatted(start, start + 7_200_000, from, to),
                """
                INSERT INTO qrtz_simple_triggers
                SELECT 'avatar-monitor', '00000000-0000-0000-0000-' || lpad(n::text, 12, '0'), 'avatar', -1, 60000, 0
                FROM generate_series(%d, %d) n""".formatted(from, to));
    }
}
