package avatarmonitor.schedule.batch;

import static avatarmonitor.schedule.Triggers.NOTHING_MORE;
import static avatarmonitor.schedule.Triggers.SHARED;
import static avatarmonitor.schedule.Triggers.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.schedule.Triggers;
import avatarmonitor.schedule.TroublesomeNetwork;
import avatarmonitor.schedule.quartz.MisfirePolicy;
import avatarmonitor.schedule.quartz.QuartzNode;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreConfig;
import avatarmonitor.testing.TestDatabase;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.quartz.CronScheduleBuilder;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobExecutionContext;
import org.quartz.SchedulerException;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.impl.matchers.GroupMatcher;
import org.quartz.spi.JobFactory;
import org.quartz.spi.OperableTrigger;

/** Batch firing on PostgreSQL, concurrent with Quartz and other users of the same rows. */
@Execution(ExecutionMode.CONCURRENT)
@ParameterizedClass
@EnumSource(value = TestDatabase.class, mode = EnumSource.Mode.EXCLUDE, names = "H2")
class BatchFiringTest {
    private static final Duration STOP = Duration.ofSeconds(10);

    @AutoClose
    private final TestDatabase.Fresh fresh;

    private final Database database;
    private final Set<String> fired = ConcurrentHashMap.newKeySet();
    private final JobFactory noting = (bundle, scheduler) -> this::note;

    BatchFiringTest(TestDatabase kind) {
        fresh = kind.fresh();
        database = fresh.database();
    }

    private void note(JobExecutionContext context) {
        fired.add(context.getTrigger().getKey().getName());
    }

    /** Must never run concurrently; Quartz itself cannot create it. */
    @DisallowConcurrentExecution
    public static final class Alone implements Job {
        @Override
        public void execute(JobExecutionContext context) {}
    }

    @Test
    void twoWorkersFireEachSlotOfEachTriggerOnce() throws Exception {
        AtomicInteger fires = new AtomicInteger();
        AtomicInteger workers = new AtomicInteger();
        Set<String> slots = ConcurrentHashMap.newKeySet();
        Set<String> twice = ConcurrentHashMap.newKeySet();
        List<QuartzNode> nodes = Stream.of("a", "b")
                .map(name -> {
                    AtomicInteger own = new AtomicInteger();
                    return node(name, (bundle, scheduler) -> context -> {
                        String slot = context.getTrigger().getKey().getName()
                                + context.getScheduledFireTime().toInstant();
                        if (!slots.add(slot)) {
                            twice.add(slot);
                        }
                        fires.incrementAndGet();
                        if (own.getAndIncrement() == 0) {
                            workers.incrementAndGet();
                        }
                    });
                })
                .toList();
        Triggers.store(nodes.get(0), everySecond(2000), SHARED, NOTHING_MORE);
        for (QuartzNode node : nodes) {
            node.start();
        }
        patiently().until(() -> fires.get() >= 10_000);
        for (QuartzNode node : nodes) {
            assertThat(node.stop(STOP)).isTrue();
        }

        assertThat(twice).isEmpty();
        assertThat(workers).hasValue(2);
        assertThat(Triggers.number(database, "SELECT sum(times_triggered) FROM qrtz_simple_triggers"))
                .as("noted in the table")
                .isGreaterThanOrEqualTo(slots.size());
        assertThat(Triggers.count(database, "qrtz_fired_triggers", "true")).isZero();
        assertThat(Triggers.count(database, "qrtz_triggers", "trigger_state <> 'WAITING'"))
                .isZero();
    }

    @Test
    void checksThatAStopCutsOffAreDueAtOnce() throws Exception {
        CountDownLatch running = new CountDownLatch(8);
        CountDownLatch end = new CountDownLatch(1);
        QuartzNode node = node("a", (bundle, scheduler) -> context -> {
            running.countDown();
            awaitQuietly(end);
        });
        Triggers.store(node, Triggers.many(20, Instant.now()), SHARED, NOTHING_MORE);
        node.start();
        running.await();
        assertThat(Triggers.count(database, "qrtz_fired_triggers", "state = 'EXECUTING'"))
                .isEqualTo(8);
        assertThat(Triggers.count(database, "qrtz_triggers", "next_fire_time > " + inHalfAMinute()))
                .isEqualTo(8);

        assertThat(node.stop(Duration.ofSeconds(6))).isFalse();

        assertThat(Triggers.count(database, "qrtz_fired_triggers", "true")).isZero();
        assertThat(Triggers.count(database, "qrtz_triggers", "next_fire_time > " + inHalfAMinute()))
                .isZero();
        end.countDown();
    }

    @Test
    void nothingIsLeftOfATriggerThatFiredForTheLastTime() throws Exception {
        QuartzNode node = node("a", noting);
        OperableTrigger last = (OperableTrigger) TriggerBuilder.newTrigger()
                .withIdentity("last", "avatar")
                .forJob(SHARED)
                .startAt(Date.from(Instant.now()))
                .endAt(Date.from(Instant.now().plusSeconds(30)))
                .withSchedule(SimpleScheduleBuilder.repeatMinutelyForever())
                .build();
        Triggers.store(node, List.of(last), SHARED, NOTHING_MORE);
        node.start();

        patiently().until(() -> Triggers.count(database, "qrtz_triggers", "true") == 0);
        patiently().until(() -> Triggers.count(database, "qrtz_fired_triggers", "true") == 0);
        assertThat(fired).containsExactly("last");
        assertThat(Triggers.count(database, "qrtz_simple_triggers", "true")).isZero();
        node.stop(STOP);
    }

    @Test
    void triggersOfOtherGroupsAreFiredByQuartz() throws Exception {
        QuartzNode node = node("a", (bundle, scheduler) -> context -> {
            assertThat(context.getTrigger().getKey().getName().equals("data")
                            && !"seen".equals(context.getMergedJobDataMap().get("value")))
                    .isFalse();
            note(context);
        });
        addJobs(node);
        SimpleScheduleBuilder forever = SimpleScheduleBuilder.repeatMinutelyForever();
        for (Trigger trigger : List.of(
                trigger("data")
                        .usingJobData("value", "seen")
                        .withSchedule(forever)
                        .build(),
                trigger("finite")
                        .withSchedule(SimpleScheduleBuilder.repeatMinutelyForTotalCount(5))
                        .build(),
                trigger("once").build(),
                trigger("cron")
                        .withSchedule(CronScheduleBuilder.cronSchedule("* * * * * ?"))
                        .build(),
                trigger("alone").forJob("alone").withSchedule(forever).build(),
                trigger("plain").withSchedule(forever).build())) {
            node.scheduler().scheduleJob(trigger);
        }
        node.start();

        patiently().until(() -> fired.size() == 6);
        node.stop(STOP);
        assertThat(Triggers.count(database, "qrtz_fired_triggers", "true")).isZero();
        assertThat(Triggers.count(database, "qrtz_triggers", "trigger_state <> 'WAITING'"))
                .isZero();
        assertThat(Triggers.count(database, "qrtz_triggers", "trigger_name = 'once'"))
                .isZero();
    }

    /** Adds the job of the checks, and one that must not run concurrently. */
    private static void addJobs(QuartzNode node) throws SchedulerException {
        node.scheduler().addJob(SHARED, true, true);
        node.scheduler()
                .addJob(
                        JobBuilder.newJob(Alone.class)
                                .withIdentity("alone")
                                .storeDurably()
                                .build(),
                        true);
    }

    /** The group of the checks is fired without reading the job: other jobs in it must not run as checks. */
    @Test
    void triggerAmongTheChecksThatIsNoCheckIsSetToError() throws Exception {
        QuartzNode node = node("a", noting);
        addJobs(node);
        SimpleScheduleBuilder forever = SimpleScheduleBuilder.repeatMinutelyForever();
        for (Trigger trigger : List.of(
                check("cron")
                        .withSchedule(CronScheduleBuilder.cronSchedule("* * * * * ?"))
                        .build(),
                check("other job").forJob("alone").withSchedule(forever).build(),
                check("check").withSchedule(forever).build())) {
            node.scheduler().scheduleJob(trigger);
        }
        node.start();

        patiently().until(() -> Triggers.count(database, "qrtz_triggers", "trigger_state = 'ERROR'") == 2);
        patiently().until(() -> fired.contains("check"));
        node.stop(STOP);
        assertThat(fired).containsExactly("check");
    }

    @Test
    void pausedTriggersDoNotFireUntilTheyAreResumed() throws Exception {
        QuartzNode node = node("a", noting);
        Triggers.store(node, everySecond(10), SHARED, NOTHING_MORE);
        node.scheduler().pauseTriggers(GroupMatcher.anyTriggerGroup());
        Triggers.store(node, List.of(Triggers.everyMinute("late", Instant.now())), SHARED, NOTHING_MORE);
        OperableTrigger other = (OperableTrigger) trigger("witness")
                .withIdentity("witness", "other")
                .withSchedule(SimpleScheduleBuilder.repeatSecondlyForever())
                .build();
        Triggers.store(node, List.of(other), SHARED, NOTHING_MORE);
        node.start();
        patiently().until(() -> fired.contains("witness"));
        assertThat(fired).containsExactly("witness");

        node.scheduler().resumeTriggers(GroupMatcher.anyTriggerGroup());
        patiently().until(() -> fired.size() == 12);
        node.stop(STOP);
    }

    @Test
    void triggersFireWhileTheClusterLockOrARowIsHeld() throws Exception {
        QuartzNode node = node("a", noting);
        Triggers.store(node, Triggers.many(9, Instant.now()), SHARED, NOTHING_MORE);
        Triggers.store(node, List.of(Triggers.everyMinute("held", Instant.now())), SHARED, NOTHING_MORE);
        try (Connection other = database.pool().getConnection();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("SELECT * FROM qrtz_locks WHERE lock_name = 'TRIGGER_ACCESS' FOR UPDATE");
            statement.execute("SELECT * FROM qrtz_triggers WHERE trigger_name = 'held' FOR UPDATE");
            node.start();
            patiently().until(() -> fired.size() == 9);
            assertThat(fired).doesNotContain("held");
            other.rollback();
        }
        patiently().until(() -> fired.contains("held"));
        node.stop(STOP);
    }

    @Test
    void triggerThatWasPassedOverHasHadItsTurn() throws Exception {
        QuartzNode node = node("a", noting);
        Triggers.store(
                node, List.of(Triggers.everyMinute("one", Instant.now().minusSeconds(45))), SHARED, NOTHING_MORE);
        Triggers.change(database, "UPDATE qrtz_triggers SET priority = " + MisfirePolicy.DEFERRED_PRIORITY);
        node.start();
        patiently().until(() -> fired.contains("one"));
        node.stop(STOP);
        assertThat(Triggers.count(database, "qrtz_triggers", "priority = " + Trigger.DEFAULT_PRIORITY))
                .isEqualTo(1);
    }

    @Test
    void batchWhoseCommitWasNotAnsweredFiresOnceAndAtOnce() throws Exception {
        try (TroublesomeNetwork network = new TroublesomeNetwork(fresh.config().url());
                Database far = Database.open(new StoreConfig(
                        network.url(), fresh.config().user(), fresh.config().password(), 10))) {
            AtomicInteger fires = new AtomicInteger();
            QuartzNode node = Triggers.node(far, "a", (bundle, scheduler) -> context -> {
                fires.incrementAndGet();
                note(context);
            });
            Triggers.store(node, Triggers.many(5, Instant.now()), SHARED, NOTHING_MORE);
            network.loseAnswerToCommitAfter("WITH firing AS");
            node.start();

            patiently().until(() -> fired.size() == 5);
            patiently().until(() -> Triggers.count(database, "qrtz_fired_triggers", "true") == 0);
            assertThat(network.lostAnAnswer()).isTrue();
            assertThat(fires).hasValue(5);
            assertThat(Triggers.number(database, "SELECT sum(times_triggered) FROM qrtz_simple_triggers"))
                    .isEqualTo(5);
            node.stop(STOP);
        }
    }

    @Test
    void workersOfBothKindsShareTriggers() throws Exception {
        Map<String, Set<String>> byWorker = new ConcurrentHashMap<>();
        QuartzNode batch = node(
                "batch",
                (bundle, scheduler) ->
                        context -> byWorker.computeIfAbsent("batch", name -> ConcurrentHashMap.newKeySet())
                                .add(context.getFireInstanceId()));
        QuartzNode single = Triggers.singleNode(
                database,
                "single",
                (bundle, scheduler) ->
                        context -> byWorker.computeIfAbsent("single", name -> ConcurrentHashMap.newKeySet())
                                .add(context.getFireInstanceId()));
        // More than the node with single firing could do alone.
        Triggers.store(batch, everySecond(1000), SHARED, NOTHING_MORE);
        batch.start();
        single.start();
        patiently()
                .until(() ->
                        byWorker.size() == 2 && byWorker.values().stream().allMatch(firings -> firings.size() > 50));
        assertThat(single.stop(STOP)).isTrue();
        assertThat(batch.stop(STOP)).isTrue();
        assertThat(Triggers.count(database, "qrtz_triggers", "trigger_state <> 'WAITING'"))
                .isZero();
        assertThat(Triggers.count(database, "qrtz_fired_triggers", "true")).isZero();
    }

    private QuartzNode node(String name, JobFactory jobs) {
        try {
            return Triggers.node(database, name, jobs);
        } catch (org.quartz.SchedulerException e) {
            throw new IllegalStateException(e);
        }
    }

    private static TriggerBuilder<Trigger> check(String name) {
        return trigger(name).withIdentity(name, "avatar");
    }

    private static TriggerBuilder<Trigger> trigger(String name) {
        return TriggerBuilder.newTrigger()
                .withIdentity(name, "ordinary")
                .forJob(SHARED.getKey())
                .startAt(Date.from(Instant.now()));
    }

    private static List<OperableTrigger> everySecond(int count) {
        return Stream.iterate(0, i -> i + 1)
                .limit(count)
                .map(i -> (OperableTrigger) TriggerBuilder.newTrigger()
                        .withIdentity("every-second-" + i, "avatar")
                        .forJob(SHARED)
                        .startAt(Date.from(Instant.now().plusMillis(i % 1000)))
                        .withSchedule(SimpleScheduleBuilder.repeatSecondlyForever()
                                .withMisfireHandlingInstructionNextWithRemainingCount())
                        .build())
                .toList();
    }

    private static long inHalfAMinute() {
        return Instant.now().plusSeconds(20).toEpochMilli();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
