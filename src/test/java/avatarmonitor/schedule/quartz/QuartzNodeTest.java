package avatarmonitor.schedule.quartz;

import static avatarmonitor.schedule.Triggers.NOTHING_MORE;
import static avatarmonitor.schedule.Triggers.SHARED;
import static avatarmonitor.schedule.Triggers.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.schedule.Triggers;
import avatarmonitor.store.Database;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.quartz.JobExecutionContext;
import org.quartz.SchedulerException;
import org.quartz.spi.OperableTrigger;

@Execution(ExecutionMode.CONCURRENT)
@ParameterizedClass
@EnumSource(TestDatabase.class)
class QuartzNodeTest {
    private static final Duration STOP = Duration.ofSeconds(10);

    @AutoClose
    private final TestDatabase.Fresh fresh;

    private final Database database;

    QuartzNodeTest(TestDatabase kind) {
        fresh = kind.fresh();
        database = fresh.database();
    }

    @Test
    void everyTriggerOfTheSharedJobFiresOnItsBeat() throws Exception {
        Set<String> fired = ConcurrentHashMap.newKeySet();
        QuartzNode node = Triggers.node(
                database,
                "a",
                (bundle, scheduler) ->
                        context -> fired.add(context.getTrigger().getKey().getName()));
        List<OperableTrigger> triggers = Triggers.many(50, Instant.now());
        Triggers.store(node, triggers, SHARED, NOTHING_MORE);
        node.start();
        patiently().until(() -> fired.size() == 50);
        assertThat(node.stop(STOP)).isTrue();

        assertThat(fired)
                .containsExactlyInAnyOrderElementsOf(triggers.stream()
                        .map(trigger -> trigger.getKey().getName())
                        .toList());
        assertThat(Triggers.count(database, "qrtz_triggers", "trigger_state = 'WAITING'"))
                .isEqualTo(50);
        assertThat(Triggers.number(database, "SELECT sum(times_triggered) FROM qrtz_simple_triggers"))
                .isEqualTo(50);
    }

    @Test
    void triggerStoredWhileRunningFiresAtOnce() throws Exception {
        CountDownLatch fired = new CountDownLatch(1);
        QuartzNode node = Triggers.node(database, "a", (bundle, scheduler) -> context -> fired.countDown());
        node.start();
        Triggers.store(node, Triggers.many(1, Instant.now()), SHARED, NOTHING_MORE);
        await().atMost(Duration.ofSeconds(13)).until(() -> fired.getCount() == 0);
        node.stop(STOP);
    }

    @Test
    void stoppingLeavesNothingBehind() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        QuartzNode node = Triggers.singleNode(database, "a", (bundle, scheduler) -> context -> {
            running.countDown();
            Triggers.awaitQuietly(end);
        });
        // One running job, and some acquired triggers that are due within the look-ahead.
        Triggers.store(node, Triggers.many(1, Instant.now()), SHARED, NOTHING_MORE);
        Triggers.store(node, Triggers.many(3, Instant.now().plusSeconds(4)), SHARED, NOTHING_MORE);
        node.start();
        running.await();
        patiently().until(() -> Triggers.count(database, "qrtz_triggers", "trigger_state = 'ACQUIRED'") > 0);
        assertThat(Triggers.count(database, "qrtz_scheduler_state", "true")).isEqualTo(1);

        boolean allEnded = node.stop(Duration.ofSeconds(6));

        assertThat(allEnded).isFalse();
        assertThat(Triggers.count(database, "qrtz_triggers", "trigger_state = 'WAITING'"))
                .isEqualTo(4);
        assertThat(Triggers.count(database, "qrtz_fired_triggers", "true")).isZero();
        assertThat(Triggers.count(database, "qrtz_scheduler_state", "true")).isZero();
        end.countDown();
    }

    @Test
    void jobThatCannotBeMadeStopsNoTrigger() throws Exception {
        AtomicInteger made = new AtomicInteger();
        AtomicInteger ran = new AtomicInteger();
        QuartzNode node = Triggers.node(database, "a", (bundle, scheduler) -> {
            if (made.getAndIncrement() == 0) {
                throw new SchedulerException("no such job");
            }
            return context -> ran.incrementAndGet();
        });
        Triggers.store(node, Triggers.many(10, Instant.now()), SHARED, NOTHING_MORE);
        node.start();
        patiently().until(() -> ran.get() == 9);
        node.stop(STOP);

        assertThat(Triggers.count(database, "qrtz_triggers", "trigger_state = 'WAITING'"))
                .isEqualTo(10);
        assertThat(Triggers.count(database, "qrtz_fired_triggers", "true")).isZero();
    }

    @Test
    void quartzCannotSetTheTriggersOfTheSharedJobToError() throws Exception {
        QuartzNode node = Triggers.node(database, "a", (bundle, scheduler) -> context -> {});
        List<OperableTrigger> triggers = Triggers.many(3, Instant.now());
        Triggers.store(node, triggers, SHARED, NOTHING_MORE);
        triggers.get(0).setFireInstanceId("firing");
        for (var instruction : org.quartz.Trigger.CompletedExecutionInstruction.values()) {
            if (instruction.name().contains("ERROR") || instruction.name().contains("ALL")) {
                node.jobStore().triggeredJobComplete(triggers.get(0), SHARED, instruction);
            }
        }
        assertThat(Triggers.count(database, "qrtz_triggers", "trigger_state = 'WAITING'"))
                .isEqualTo(3);
        node.stop(STOP);
    }

    @Test
    void twoNodesInOneProcessShareTheWork() throws Exception {
        Set<String> ids = ConcurrentHashMap.newKeySet();
        AtomicInteger ran = new AtomicInteger();
        QuartzNode first = Triggers.node(database, "same", (bundle, scheduler) -> context -> note(context, ids, ran));
        QuartzNode second = Triggers.node(database, "same", (bundle, scheduler) -> context -> note(context, ids, ran));
        first.start();
        second.start();
        patiently().until(() -> Triggers.count(database, "qrtz_scheduler_state", "true") == 2);
        Triggers.store(first, Triggers.many(200, Instant.now()), SHARED, NOTHING_MORE);
        patiently().until(() -> ran.get() == 200);
        first.stop(STOP);
        Triggers.store(second, Triggers.many(1, Instant.now()), SHARED, NOTHING_MORE);
        patiently().until(() -> ran.get() == 201);
        second.stop(STOP);

        assertThat(ids).hasSize(2);
        assertThat(Triggers.count(database, "qrtz_scheduler_state", "true")).isZero();
    }

    @Test
    void nodeThatIsNotStartedOnlyStoresAndRemoves() throws Exception {
        QuartzNode node = Triggers.node(database, "cli", (bundle, scheduler) -> {
            throw new IllegalStateException("must not fire");
        });
        List<OperableTrigger> triggers = Triggers.many(2, Instant.now().minusSeconds(600));
        Triggers.store(node, triggers, SHARED, NOTHING_MORE);
        node.scheduler().unscheduleJob(triggers.get(0).getKey());
        node.stop(STOP);

        assertThat(Triggers.count(database, "qrtz_triggers", "trigger_state = 'WAITING'"))
                .isEqualTo(1);
        assertThat(Triggers.count(database, "qrtz_simple_triggers", "times_triggered = 0"))
                .isEqualTo(1);
        assertThat(Triggers.count(database, "qrtz_scheduler_state", "true")).isZero();
    }

    private static void note(JobExecutionContext context, Set<String> ids, AtomicInteger ran) {
        try {
            ids.add(context.getScheduler().getSchedulerInstanceId());
        } catch (SchedulerException e) {
            throw new IllegalStateException(e);
        }
        ran.incrementAndGet();
    }
}
