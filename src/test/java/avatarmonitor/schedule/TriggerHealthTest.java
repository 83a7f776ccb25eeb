package avatarmonitor.schedule;

import static avatarmonitor.schedule.Triggers.NOTHING_MORE;
import static avatarmonitor.schedule.Triggers.SHARED;
import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.schedule.quartz.QuartzNode;
import avatarmonitor.store.Database;
import avatarmonitor.testing.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.quartz.spi.OperableTrigger;

final class TriggerHealthTest {
    @ParameterizedTest
    @EnumSource(value = TestDatabase.class, mode = EnumSource.Mode.EXCLUDE, names = "H2")
    void firingsAreReadOnceForManyTriggers(TestDatabase kind) throws Exception {
        int living = 50;
        List<OperableTrigger> triggers = Triggers.many(100, Instant.now());
        try (TestDatabase.Fresh fresh = kind.fresh()) {
            Database database = fresh.database();
            QuartzNode node = Triggers.node(database, "a", (bundle, scheduler) -> context -> {});
            Triggers.store(node, triggers, SHARED, NOTHING_MORE);
            node.stop(Duration.ofSeconds(5));
            try (Connection connection = database.pool().getConnection();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute("""
                        INSERT INTO qrtz_fired_triggers (sched_name, entry_id, trigger_name, trigger_group, instance_name,
                                                         fired_time, sched_time, priority, state)
                        SELECT 'avatar-monitor', 'other-' || n, 'other-' || n, 'avatar', 'worker', 0, 0, 5, 'EXECUTING'
                        FROM generate_series(1, %d) n""".formatted(living));
                assertThat(TriggerHealth.of(
                                connection,
                                triggers.stream().map(OperableTrigger::getKey).toList()))
                        .hasSize(100);
                try (ResultSet row = statement.executeQuery("""
                        SELECT seq_tup_read + coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables
                        WHERE relname = 'qrtz_fired_triggers'""")) {
                    row.next();
                    assertThat(row.getLong(1)).isLessThanOrEqualTo(2L * living);
                }
            }
        }
    }
}
