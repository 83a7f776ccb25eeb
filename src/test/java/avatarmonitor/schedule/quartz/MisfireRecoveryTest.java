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
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.quartz.CronScheduleBuilder;
import org.quartz.JobBuilder;
import org.quartz.SchedulerException;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.TriggerBuilder;
import org.quartz.spi.OperableTrigger;

@Execution(ExecutionMode.CONCURRENT)
@ParameterizedClass
@EnumSource(TestDatabase.class)
class MisfireRecoveryTest {
    private static final Duration TEN_MINUTES = Duration.ofMinutes(10);

    private final TestDatabase.Fresh fresh;
    private final Database database;
    private QuartzNode node;

    MisfireRecoveryTest(TestDatabase kind) {
        fresh = kind.fresh();
        database = fresh.database();
    }

    @BeforeEach
    void build() throws Exception {
        node = Triggers.node(database, "a", (bundle, scheduler) -> context -> {});
    }

    @AfterEach
    void close() throws Exception {
        node.stop(Duration.ofSeconds(5));
        fresh.close();
    }

    @Test
    void tenThousandThatAreLateMoveToTheirOwnNextSlotInSeconds() throws Exception {
        // Ten minutes late, one every six milliseconds: their next slots are spread over a minute that begins just
        // before.
        Instant start = Instant.now().minus(TEN_MINUTES);
        Triggers.store(node, List.of(Triggers.everyMinute("first", start)), SHARED, NOTHING_MORE);
        Triggers.copy(database, 10_000, 6);
        Instant begin = Instant.now().minusSeconds(2);
        startWithoutFiring();

        await().atMost(Duration.ofMinutes(1))
                .until(() ->
                        Triggers.count(database, "qrtz_triggers", "next_fire_time < " + begin.toEpochMilli()) == 0);
        assertThat(Triggers.count(database, "qrtz_triggers", """
                        trigger_state = 'WAITING' AND mod(next_fire_time - start_time, 60000) = 0
                        AND (next_fire_time < %d OR trigger_name IN (SELECT trigger_name FROM qrtz_fired_triggers))
                        """.formatted(
                                Instant.now().plusSeconds(58).toEpochMilli())))
                .isEqualTo(10_001);
        assertThat(Triggers.count(database, "qrtz_simple_triggers", "repeat_count = -1 AND times_triggered >= 9"))
                .isEqualTo(10_001);
    }

    /**
     * Without the wake-up the scheduler thread waits up to five seconds for the trigger that it has acquired already.
     */
    @Test
    void ordinaryTriggerThatQuartzMovedWakesTheSchedulerThread() throws Exception {
        startWithoutFiring();
        assertThat(Inside.earliestOfMisfires(node, database))
                .as("nothing misfired")
                .isEqualTo(Long.MAX_VALUE);
        // The node's own recovery may be faster: then another trigger is stored.
        long before = Instant.now().toEpochMilli();
        AtomicLong earliest = new AtomicLong(Long.MAX_VALUE);
        patiently().until(() -> {
            storeLate("late-" + Instant.now().toEpochMilli());
            earliest.set(Inside.earliestOfMisfires(node, database));
            return earliest.get() != Long.MAX_VALUE;
        });

        assertThat(earliest.get()).isBetween(before, Instant.now().toEpochMilli());
    }

    private void storeLate(String name) throws SchedulerException {
        node.scheduler()
                .scheduleJob(
                        JobBuilder.newJob(Triggers.Nothing.class)
                                .withIdentity(name, "reports")
                                .build(),
                        TriggerBuilder.newTrigger()
                                .withIdentity(name, "reports")
                                .startAt(Date.from(Instant.now().minus(TEN_MINUTES)))
                                .withSchedule(
                                        SimpleScheduleBuilder.simpleSchedule().withMisfireHandlingInstructionFireNow())
                                .build());
    }

    @Test
    void triggerWhoseWindowPassedIsGone() throws Exception {
        Triggers.store(node, Triggers.many(3, Instant.now().minus(Duration.ofHours(2))), SHARED, NOTHING_MORE);
        node.start();
        patiently().until(() -> Triggers.count(database, "qrtz_triggers", "true") == 0);
        assertThat(Triggers.count(database, "qrtz_simple_triggers", "true")).isZero();
        assertThat(Triggers.count(database, "qrtz_job_details", "true")).isEqualTo(1);
    }

    @Test
    void triggerThatWasPassedOverFiresTheNextTimeHoweverLate() throws Exception {
        QuartzNode single = Triggers.singleNode(database, "single", (bundle, scheduler) -> context -> {});
        store("one", Duration.ofSeconds(31));
        overdueLook();
        assertThat(nextFire("one")).isAfter(Instant.now());

        due("one", Duration.ofSeconds(90));
        overdueLook();
        assertThat(nextFire("one")).as("keeps its place").isBefore(Instant.now());
        List<OperableTrigger> taken = single.jobStore().acquireNextTriggers(System.currentTimeMillis(), 1, 0);
        assertThat(taken).hasSize(1);
        assertThat(single.jobStore().triggersFired(taken)).hasSize(1);

        due("one", Duration.ofSeconds(31));
        overdueLook();
        assertThat(nextFire("one")).as("has had its turn").isAfter(Instant.now());
    }

    @Test
    void triggersMissedWithoutAWorkerDoNotFireTogether() throws Exception {
        store("one", Duration.ofSeconds(31));
        overdueLook();
        due("one", MisfirePolicy.DEFERRED_LATE_MAX.plusSeconds(31));
        overdueLook();
        assertThat(nextFire("one")).isAfter(Instant.now());
    }

    @Test
    void ordinaryTriggerKeepsItsPriorityAndItsMisfirePolicy() throws Exception {
        QuartzNode single = Triggers.singleNode(database, "single", (bundle, scheduler) -> context -> {});
        OperableTrigger ordinary =
                (OperableTrigger) Triggers.everyMinute("one", Instant.now().minusSeconds(31))
                        .getTriggerBuilder()
                        .withIdentity("one", "reports")
                        .withPriority(6)
                        .build();
        Triggers.store(node, List.of(ordinary), SHARED, NOTHING_MORE);
        overdueLook();
        assertThat(nextFire("one")).as("its own policy").isAfter(Instant.now());
        assertThat(Triggers.count(database, "qrtz_triggers", "priority = 6")).isEqualTo(1);

        due("one", Duration.ofSeconds(90));
        assertThat(single.jobStore().acquireNextTriggers(System.currentTimeMillis(), 1, 0))
                .as("too late to fire")
                .isEmpty();
        overdueLook();
        assertThat(nextFire("one")).isAfter(Instant.now());

        due("one", Duration.ofSeconds(1));
        List<OperableTrigger> taken = single.jobStore().acquireNextTriggers(System.currentTimeMillis(), 1, 0);
        assertThat(single.jobStore().triggersFired(taken)).hasSize(1);
        assertThat(Triggers.count(database, "qrtz_triggers", "priority = 6")).isEqualTo(1);
    }

    private void store(String name, Duration late) throws Exception {
        Triggers.store(node, List.of(Triggers.everyMinute(name, Instant.now().minus(late))), SHARED, NOTHING_MORE);
    }

    private void due(String name, Duration ago) {
        Triggers.change(
                database,
                "UPDATE qrtz_triggers SET trigger_state = 'WAITING', next_fire_time = "
                        + Instant.now().minus(ago).toEpochMilli() + " WHERE trigger_name = '" + name + "'");
    }

    private void overdueLook() throws Exception {
        Inside.recoverMisfires(node);
    }

    @Test
    void triggersThatCannotBeReadDoNotHoldUpTheOthers() throws Exception {
        Instant longAgo = Instant.now().minus(Duration.ofMinutes(30));
        Triggers.store(node, Triggers.many(550, longAgo), SHARED, NOTHING_MORE);
        Triggers.change(database, "DELETE FROM qrtz_simple_triggers");
        Triggers.store(
                node,
                List.of(
                        Triggers.everyMinute("no interval", longAgo.plusSeconds(1)),
                        Triggers.everyMinute("healthy", longAgo.plusSeconds(2))),
                SHARED,
                NOTHING_MORE);
        Triggers.change(
                database, "UPDATE qrtz_simple_triggers SET repeat_interval = 0 WHERE trigger_name = 'no interval'");
        node.start();

        patiently().until(() -> nextFire("healthy").isAfter(Instant.now().minusSeconds(60)));
        patiently().until(() -> Triggers.count(database, "qrtz_triggers", "trigger_state = 'ERROR'") == 551);
    }

    @Test
    void triggerOfAClassThatThisWorkerDoesNotKnowMovesOn() throws Exception {
        Triggers.store(
                node, List.of(Triggers.everyMinute("newer", Instant.now().minus(TEN_MINUTES))), SHARED, NOTHING_MORE);
        Triggers.change(database, "UPDATE qrtz_job_details SET job_class_name = 'of.a.newer.Release'");
        node.start();
        patiently().until(() -> nextFire("newer").isAfter(Instant.now().minusSeconds(30)));
    }

    @Test
    void otherKindsOfTriggersMoveAsQuartzMovesThem() throws Exception {
        OperableTrigger cron = (OperableTrigger) TriggerBuilder.newTrigger()
                .withIdentity("cron", "maintenance")
                .withSchedule(
                        CronScheduleBuilder.cronSchedule("0 0 0 1 1 ? *").withMisfireHandlingInstructionDoNothing())
                .build();
        node.scheduler()
                .scheduleJob(
                        JobBuilder.newJob(Triggers.Nothing.class)
                                .withIdentity("other", "maintenance")
                                .build(),
                        cron);
        Triggers.change(database, "UPDATE qrtz_triggers SET next_fire_time = 1000");
        node.start();
        patiently().until(() -> nextFire("cron").isAfter(Instant.now()));
        assertThat(Triggers.count(database, "qrtz_triggers", "trigger_state = 'WAITING'"))
                .isEqualTo(1);
    }

    /** Starts the store's own loops, but not the scheduler's, which would acquire the moved triggers. */
    private void startWithoutFiring() throws Exception {
        node.jobStore().schedulerStarted();
        // Triggers that fire in that moment are not started and keep their state.
        node.jobStore().schedulerPaused();
    }

    private Instant nextFire(String name) {
        return Instant.ofEpochMilli(Triggers.number(
                database, "SELECT next_fire_time FROM qrtz_triggers WHERE trigger_name = '" + name + "'"));
    }
}
