package avatarmonitor.schedule;

import static avatarmonitor.schedule.Triggers.NOTHING_MORE;
import static avatarmonitor.schedule.Triggers.SHARED;
import static avatarmonitor.schedule.Triggers.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.schedule.quartz.QuartzNode;
import avatarmonitor.store.Database;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A dead worker leaves one event, written together with the release of its firings. */
@Execution(ExecutionMode.CONCURRENT)
@ParameterizedClass
@EnumSource(
        value = TestDatabase.class,
        names = {"H2", "POSTGRESQL_18"})
class LostWorkerTest {
    private static final String EVENTS =
            "SELECT worker, detail FROM avatar_event WHERE type = 'worker_lost' AND CAST(detail AS varchar) LIKE '%ghost%' ORDER BY id";

    private final TestDatabase.Fresh fresh;
    private final Database database;
    private final List<QuartzNode> nodes = new ArrayList<>();

    LostWorkerTest(TestDatabase kind) {
        fresh = kind.fresh();
        database = fresh.database();
    }

    @AfterEach
    void close() throws Exception {
        for (QuartzNode node : nodes) {
            node.stop(Duration.ofSeconds(5));
        }
        fresh.close();
    }

    @Test
    void manyHeirsWriteOneEventForEachLostWorker() throws Exception {
        List<QuartzNode> heirs = List.of(node("heir-1"), node("heir-2"), node("heir-3"));
        dead("ghost-1", 4);
        dead("ghost-2", 0);
        for (QuartzNode heir : heirs) {
            heir.start();
        }
        patiently().until(() -> count("qrtz_scheduler_state", "instance_name LIKE 'ghost%'") == 0);
        // Each of them has observed its peers again since then.
        patiently().until(() -> count("qrtz_scheduler_state", "true") == 3);

        assertThat(Sql.rows(database, EVENTS))
                .hasSize(2)
                .allMatch(row -> row.startsWith("heir-"))
                .anyMatch(row -> detail(row).equals("{\"instance\":\"ghost-1\",\"firings_taken_over\":4}"))
                .anyMatch(row -> detail(row).equals("{\"instance\":\"ghost-2\",\"firings_taken_over\":0}"));
        assertThat(count("qrtz_fired_triggers", "instance_name LIKE 'ghost%'")).isZero();
        assertThat(count("qrtz_triggers", "trigger_state = 'WAITING'")).isEqualTo(4);
    }

    @Test
    void firingsWithoutTheirWorkerAreALossToo() throws Exception {
        dead("ghost", 3);
        Triggers.change(database, "DELETE FROM qrtz_scheduler_state");
        node("heir").start();

        assertThat(Sql.rows(database, EVENTS))
                .singleElement()
                .satisfies(
                        row -> assertThat(detail(row)).isEqualTo("{\"instance\":\"ghost\",\"firings_taken_over\":3}"));
        assertThat(count("qrtz_fired_triggers", "true")).isZero();
    }

    @Test
    void nothingIsTakenOverThatCannotBeWrittenDown() throws Exception {
        Triggers.change(database, "ALTER TABLE avatar_event RENAME TO hidden_event");
        QuartzNode heir = node("heir");
        heir.start();
        dead("ghost", 2);
        // Long after the time at which it is considered dead.
        long checkIn = checkIn("heir");
        patiently().until(() -> checkIn("heir") > checkIn + 3_000);
        assertThat(count("qrtz_fired_triggers", "instance_name = 'ghost'")).isEqualTo(2);

        Triggers.change(database, "ALTER TABLE hidden_event RENAME TO avatar_event");
        patiently().until(() -> count("qrtz_fired_triggers", "true") == 0);
        assertThat(Sql.rows(database, EVENTS)).hasSize(1);
    }

    @Test
    void workerThatLeavesInOrderIsNotLost() throws Exception {
        QuartzNode stays = node("stays");
        CountDownLatch end = new CountDownLatch(1);
        QuartzNode leaves =
                Triggers.quickNode(database, "leaves", (bundle, scheduler) -> context -> Triggers.awaitQuietly(end));
        stays.start();
        leaves.start();
        patiently().until(() -> count("qrtz_scheduler_state", "true") == 2);
        Triggers.store(leaves, Triggers.many(40, Instant.now()), SHARED, NOTHING_MORE);
        // Its running jobs are released like those of a dead worker.
        patiently().until(() -> count("qrtz_fired_triggers", "instance_name = 'leaves' AND state = 'EXECUTING'") > 0);
        leaves.stop(Duration.ofSeconds(6));
        end.countDown();
        assertThat(count("qrtz_fired_triggers", "instance_name = 'leaves'")).isZero();
        long checkIn = checkIn("stays");
        patiently().until(() -> checkIn("stays") > checkIn + 3_000);

        assertThat(Sql.rows(database, "SELECT detail FROM avatar_event WHERE CAST(detail AS varchar) LIKE '%leaves%'"))
                .isEmpty();
    }

    private QuartzNode node(String instance) throws Exception {
        QuartzNode node = Triggers.quickNode(database, instance, (bundle, scheduler) -> context -> {});
        nodes.add(node);
        return node;
    }

    /**
     * Creates the rows of a killed worker: its check-in, and acquired triggers that no worker fires during the test.
     */
    private void dead(String instance, int firings) throws Exception {
        QuartzNode victim = Triggers.quickNode(
                database, instance, (bundle, scheduler) -> context -> {}, ScheduleConfig.Firing.SINGLE);
        Triggers.change(
                database,
                "INSERT INTO qrtz_scheduler_state (sched_name, instance_name, last_checkin_time, checkin_interval)"
                        + " VALUES ('avatar-monitor', '" + instance + "', 1000, 500)");
        if (firings > 0) {
            Instant soon = Instant.now().plusSeconds(3);
            Triggers.store(victim, Triggers.many(firings, soon), SHARED, NOTHING_MORE);
            assertThat(victim.jobStore()
                            .acquireNextTriggers(soon.plusSeconds(60).toEpochMilli(), firings, 1000))
                    .hasSize(firings);
            Triggers.change(
                    database,
                    "UPDATE qrtz_triggers SET next_fire_time = next_fire_time + 3000000 WHERE next_fire_time < "
                            + soon.plusSeconds(60).toEpochMilli());
        }
    }

    private long checkIn(String instance) {
        return Triggers.number(
                database,
                "SELECT max(last_checkin_time) FROM qrtz_scheduler_state WHERE instance_name = '" + instance + "'");
    }

    private long count(String table, String where) {
        return Triggers.count(database, table, where);
    }

    private static String detail(String row) {
        return row.substring(row.indexOf('|') + 1);
    }
}
