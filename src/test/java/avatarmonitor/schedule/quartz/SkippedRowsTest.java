package avatarmonitor.schedule.quartz;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.schedule.Triggers;
import avatarmonitor.store.Database;
import avatarmonitor.testing.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.quartz.JobBuilder;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerKey;

/**
 * Quartz's own acquiring and workers that fire under row locks only, as an earlier version did with ordinary triggers,
 * never fire a trigger twice.
 */
@ParameterizedClass
@EnumSource(
        value = TestDatabase.class,
        names = {"POSTGRESQL_15", "POSTGRESQL_18"})
final class SkippedRowsTest {
    /** Batch firing of an earlier version, for triggers of every group. */
    private static final String BY_ROW_LOCK = """
            SELECT trigger_name FROM qrtz_triggers
            WHERE sched_name = 'avatar-monitor' AND trigger_state = 'WAITING' AND trigger_group = 'reports'
            ORDER BY next_fire_time LIMIT %d FOR NO KEY UPDATE SKIP LOCKED""";

    private final TestDatabase.Fresh fresh;
    private final Database database;
    private QuartzNode node;

    SkippedRowsTest(TestDatabase kind) {
        fresh = kind.fresh();
        database = fresh.database();
    }

    @BeforeEach
    void store() throws Exception {
        node = Triggers.node(database, "a", (bundle, scheduler) -> context -> {});
        Instant due = Instant.now();
        for (String name : List.of("first", "second")) {
            due = due.plusMillis(1);
            node.scheduler()
                    .scheduleJob(
                            JobBuilder.newJob(Triggers.Nothing.class)
                                    .withIdentity(name, "reports")
                                    .build(),
                            TriggerBuilder.newTrigger()
                                    .withIdentity(name, "reports")
                                    .startAt(Date.from(due))
                                    .build());
        }
    }

    @AfterEach
    void close() throws Exception {
        node.stop(Duration.ofSeconds(5));
        fresh.close();
    }

    private static List<String> acquired(Connection connection) throws SQLException {
        long soon = Instant.now().plusSeconds(60).toEpochMilli();
        return new IndexedDelegate(false)
                .selectTriggerToAcquire(connection, soon, 0, 10).stream()
                        .map(TriggerKey::getName)
                        .toList();
    }

    private static List<String> byRowLock(Connection connection, int limit) throws SQLException {
        List<String> names = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(BY_ROW_LOCK.formatted(limit))) {
            while (row.next()) {
                names.add(row.getString(1));
            }
        }
        return names;
    }

    @Test
    void rowThatAnotherIsFiringIsNotAcquired() {
        boolean unused = database.<Boolean>inTransaction(other -> {
            assertThat(byRowLock(other, 1)).containsExactly("first");
            assertThat(database.<List<String>>inTransaction(SkippedRowsTest::acquired))
                    .as("at once, without waiting for the lock")
                    .containsExactly("second");
            return true;
        });
        assertThat(database.<List<String>>inTransaction(SkippedRowsTest::acquired))
                .containsExactly("first", "second");
    }

    @Test
    void rowThatQuartzAcquiresIsNotFiredByAnother() {
        boolean unused = database.<Boolean>inTransaction(quartz -> {
            assertThat(acquired(quartz)).containsExactly("first", "second");
            assertThat(database.<List<String>>inTransaction(other -> byRowLock(other, 2)))
                    .isEmpty();
            return true;
        });
    }
}
