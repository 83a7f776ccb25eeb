package avatarmonitor.schedule;

import static avatarmonitor.schedule.Triggers.NOTHING_MORE;
import static avatarmonitor.schedule.Triggers.SHARED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.schedule.quartz.QuartzNode;
import avatarmonitor.store.Database;
import avatarmonitor.testing.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.quartz.JobPersistenceException;
import org.quartz.spi.OperableTrigger;

@ParameterizedClass
@EnumSource(TestDatabase.class)
class StoreWhereNotLiveTest {
    private static final String KEY = "sched_name = 'avatar-monitor' AND trigger_name = 'one'";

    private final TestDatabase.Fresh fresh;
    private final Database database;
    private QuartzNode node;

    StoreWhereNotLiveTest(TestDatabase kind) {
        fresh = kind.fresh();
        database = fresh.database();
    }

    @BeforeEach
    void build() throws Exception {
        node = node(database, "here");
    }

    @AfterEach
    void close() throws Exception {
        node.stop(Duration.ofSeconds(5));
        fresh.close();
    }

    @Test
    void twoProcessesThatWatchTheSameHundredStoreEachOnce() throws Exception {
        List<String> names = Triggers.many(100, Instant.now()).stream()
                .map(trigger -> trigger.getKey().getName())
                .toList();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (Database other = Database.open(fresh.config())) {
            QuartzNode there = node(other, "there");
            CyclicBarrier together = new CyclicBarrier(2);
            int[] stored = new int[2];
            for (int round = 0; round < 5; round++) {
                Triggers.change(database, "DELETE FROM qrtz_simple_triggers");
                Triggers.change(database, "DELETE FROM qrtz_triggers");
                Future<Integer> first = threads.submit(watch(names, node, together));
                Future<Integer> second = threads.submit(watch(names, there, together));
                stored[0] = first.get();
                stored[1] = second.get();

                assertThat(stored[0] + stored[1]).isEqualTo(100);
                assertThat(Triggers.count(database, "qrtz_triggers", "trigger_state = 'WAITING'"))
                        .isEqualTo(100);
                assertThat(Triggers.count(database, "qrtz_simple_triggers", "repeat_interval = 60000"))
                        .isEqualTo(100);
            }
            there.stop(Duration.ofSeconds(5));
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void manyAreStoredInBatchesAndASecondTimeNone() throws Exception {
        List<OperableTrigger> triggers = Triggers.many(401, Instant.now());
        List<Integer> batches = new ArrayList<>();
        List<MissingTriggers.Stored> stored =
                Triggers.store(node, triggers, SHARED, (connection, batch) -> batches.add(batch.size()));

        assertThat(stored).hasSize(triggers.size());
        assertThat(batches).first().isEqualTo(200);
        assertThat(batches).hasSizeGreaterThan(1);
        int transactions = batches.size();
        assertThat(Triggers.store(node, triggers, SHARED, (connection, batch) -> batches.add(-1)))
                .isEmpty();
        assertThat(batches).hasSize(transactions);
    }

    @Test
    void triggerGivenTwiceIsStoredOnce() throws Exception {
        List<OperableTrigger> twice =
                List.of(Triggers.everyMinute("one", Instant.now()), Triggers.everyMinute("one", Instant.now()));
        assertThat(Triggers.store(node, twice, SHARED, NOTHING_MORE)).hasSize(1);
    }

    @Test
    void remainsOfADeadTriggerAreReplaced() throws Exception {
        assertReplaced("UPDATE qrtz_triggers SET trigger_state = 'ERROR'");
        assertReplaced("UPDATE qrtz_triggers SET trigger_state = 'COMPLETE', next_fire_time = -1");
        assertReplaced("UPDATE qrtz_triggers SET trigger_state = 'ACQUIRED'");
        assertReplaced("UPDATE qrtz_triggers SET trigger_state = 'BLOCKED'");
        assertReplaced("UPDATE qrtz_triggers SET trigger_state = 'NONSENSE'");
        assertReplaced("UPDATE qrtz_triggers SET next_fire_time = NULL");
        assertReplaced("UPDATE qrtz_triggers SET end_time = start_time - 180000");
        assertReplaced("DELETE FROM qrtz_simple_triggers");
    }

    @Test
    void triggerThatLivesIsLeftAlone() throws Exception {
        assertLeft("UPDATE qrtz_triggers SET trigger_state = 'WAITING'");
        assertLeft("UPDATE qrtz_triggers SET trigger_state = 'PAUSED'");
        Triggers.change(database, """
                INSERT INTO qrtz_fired_triggers
                  (sched_name, entry_id, trigger_name, trigger_group, instance_name, fired_time, sched_time, priority, state)
                VALUES ('avatar-monitor', 'e', 'one', 'avatar', 'peer', 1, 1, 5, 'EXECUTING')
                """);
        assertLeft("UPDATE qrtz_triggers SET trigger_state = 'ACQUIRED'");
        // The last firing is still running.
        assertLeft("UPDATE qrtz_triggers SET trigger_state = 'COMPLETE', next_fire_time = -1");
    }

    @Test
    void whatIsWrittenTogetherIsWrittenWithTheTriggersOrNotAtAll() {
        List<OperableTrigger> triggers = Triggers.many(3, Instant.now());
        assertThatThrownBy(() -> Triggers.store(node, triggers, SHARED, (connection, stored) -> {
                    throw new SQLException("own row refused");
                }))
                .isInstanceOf(JobPersistenceException.class)
                .hasMessageContaining("own row refused");
        assertThat(Triggers.count(database, "qrtz_triggers", "true")).isZero();
        assertThat(Triggers.count(database, "qrtz_job_details", "true")).isZero();
    }

    @Test
    void newTriggerOfAPausedGroupIsPaused() throws Exception {
        Triggers.store(node, Triggers.many(1, Instant.now()), SHARED, NOTHING_MORE);
        node.scheduler().pauseTriggers(org.quartz.impl.matchers.GroupMatcher.triggerGroupEquals("avatar"));
        Triggers.store(node, Triggers.many(1, Instant.now()), SHARED, NOTHING_MORE);
        assertThat(Triggers.count(database, "qrtz_triggers", "trigger_state = 'PAUSED'"))
                .isEqualTo(2);
    }

    private void assertReplaced(String damage) throws Exception {
        store();
        assertThat(Triggers.change(database, damage)).isEqualTo(1);
        assertThat(store()).as(damage).isEqualTo(1);
        assertThat(Triggers.count(database, "qrtz_triggers", KEY + " AND trigger_state = 'WAITING'"))
                .isEqualTo(1);
        assertThat(Triggers.count(database, "qrtz_simple_triggers", KEY)).isEqualTo(1);
        assertThat(Triggers.count(database, "avatar_monitor_trigger_health", "problem IS NOT NULL"))
                .isZero();
    }

    private void assertLeft(String change) throws Exception {
        store();
        assertThat(Triggers.change(database, change)).isEqualTo(1);
        assertThat(store()).as(change).isZero();
    }

    private int store() throws JobPersistenceException {
        return Triggers.store(node, List.of(Triggers.everyMinute("one", Instant.now())), SHARED, NOTHING_MORE)
                .size();
    }

    private static Callable<Integer> watch(List<String> names, QuartzNode node, CyclicBarrier together) {
        return () -> {
            Instant start = Instant.now();
            List<OperableTrigger> triggers = names.stream()
                    .map(name -> Triggers.everyMinute(name, start))
                    .toList();
            together.await();
            return Triggers.store(node, triggers, SHARED, NOTHING_MORE).size();
        };
    }

    private static QuartzNode node(Database database, String name) throws Exception {
        return Triggers.node(database, name, (bundle, scheduler) -> context -> {});
    }
}
