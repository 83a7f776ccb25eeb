package avatarmonitor.schedule.quartz;

import static avatarmonitor.schedule.Triggers.NOTHING_MORE;
import static avatarmonitor.schedule.Triggers.SHARED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.schedule.Triggers;
import avatarmonitor.store.Database;
import avatarmonitor.store.sql.Jdbc;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.quartz.TriggerKey;

final class AbandonedFiringsTest {
    /** The transaction began before the slot and waited for the trigger lock until after it. */
    @ParameterizedTest
    @EnumSource(value = TestDatabase.class, names = "H2", mode = EnumSource.Mode.EXCLUDE)
    void slotThatPassedDuringTheWaitForTheLockIsNotMovedBeforeItself(TestDatabase kind) throws Exception {
        try (TestDatabase.Fresh fresh = kind.fresh()) {
            Database database = fresh.database();
            QuartzNode node = Triggers.node(database, "a", (bundle, scheduler) -> context -> {});
            Triggers.store(
                    node, List.of(Triggers.everyMinute("one", Instant.now().plusSeconds(30))), SHARED, NOTHING_MORE);
            int made = database.inTransaction(connection -> {
                long began = Jdbc.one(
                        connection,
                        "SELECT CAST(floor(EXTRACT(EPOCH FROM current_timestamp) * 1000) AS bigint)",
                        row -> row.getLong(1));
                int unused = Jdbc.update(connection, "UPDATE qrtz_triggers SET next_fire_time = ?", began + 5);
                await().until(() -> Jdbc.exists(
                        connection, "SELECT 1 WHERE EXTRACT(EPOCH FROM clock_timestamp()) * 1000 > ?", began + 5));
                return FiringRelease.makeDue(connection, List.of(new TriggerKey("one", "avatar")));
            });
            assertThat(made).as("it is due already").isZero();
            node.stop(Duration.ofSeconds(5));
        }
    }

    @ParameterizedTest
    @EnumSource(TestDatabase.class)
    void whatHasBegunAgainSinceIsNotMadeDueOnceMore(TestDatabase kind) throws Exception {
        try (TestDatabase.Fresh fresh = kind.fresh()) {
            Database database = fresh.database();
            QuartzNode node = Triggers.node(database, "a", (bundle, scheduler) -> context -> {});
            Instant next = Instant.now().plusSeconds(30);
            Triggers.store(
                    node,
                    List.of(Triggers.everyMinute("unfinished", next), Triggers.everyMinute("again", next)),
                    SHARED,
                    NOTHING_MORE);
            long before = next.minusSeconds(60).toEpochMilli();
            Triggers.change(database, "UPDATE qrtz_triggers SET prev_fire_time = " + before);
            Triggers.change(database, """
                    INSERT INTO qrtz_fired_triggers (sched_name, entry_id, trigger_name, trigger_group, instance_name, fired_time,
                        sched_time, priority, state, job_name, job_group, is_nonconcurrent, requests_recovery)
                    SELECT sched_name, trigger_name, trigger_name, trigger_group, 'ghost', prev_fire_time,
                        CASE WHEN trigger_name = 'again' THEN prev_fire_time - 60000 ELSE prev_fire_time END, priority,
                        'EXECUTING', job_name, job_group, false, false
                    FROM qrtz_triggers""");

            int made = database.inTransaction(connection -> FiringRelease.releaseTriggers(connection, "ghost"));
            assertThat(made).isEqualTo(1);
            long soon = Instant.now().plusSeconds(5).toEpochMilli();
            assertThat(Triggers.count(
                            database, "qrtz_triggers", "next_fire_time < " + soon + " AND trigger_name = 'unfinished'"))
                    .isEqualTo(1);
            assertThat(Triggers.count(database, "qrtz_triggers", "next_fire_time < " + soon))
                    .isEqualTo(1);
            node.stop(Duration.ofSeconds(5));
        }
    }
}
