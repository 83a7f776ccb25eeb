package avatarmonitor.schedule;

import static avatarmonitor.schedule.Triggers.NOTHING_MORE;
import static avatarmonitor.schedule.Triggers.SHARED;
import static avatarmonitor.schedule.Triggers.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.schedule.quartz.Inside;
import avatarmonitor.schedule.quartz.QuartzNode;
import avatarmonitor.store.Database;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.quartz.CronScheduleBuilder;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobExecutionContext;
import org.quartz.JobExecutionException;
import org.quartz.JobKey;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.Trigger;
import org.quartz.Trigger.TriggerState;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerKey;
import org.quartz.impl.calendar.AnnualCalendar;
import org.quartz.impl.calendar.HolidayCalendar;
import org.quartz.impl.matchers.GroupMatcher;
import org.quartz.listeners.TriggerListenerSupport;

/** Triggers of other groups keep Quartz's guarantees beside the separate firing of checks. */
@ParameterizedClass
@EnumSource(
        value = TestDatabase.class,
        names = {"H2", "POSTGRESQL_18"})
class OrdinaryTriggersTest {
    private static final String GROUP = "reports";
    private static final JobKey JOB = new JobKey("report", GROUP);
    private static final SimpleScheduleBuilder MINUTELY = SimpleScheduleBuilder.repeatMinutelyForever();

    private final TestDatabase.Fresh fresh;
    private final Database database;
    private final List<String> made = new CopyOnWriteArrayList<>();
    private final Map<String, Job> runs = new ConcurrentHashMap<>();
    private QuartzNode node;
    private Scheduler scheduler;

    OrdinaryTriggersTest(TestDatabase kind) {
        fresh = kind.fresh();
        database = fresh.database();
    }

    /** Must never run concurrently. */
    @DisallowConcurrentExecution
    public static final class Alone implements Job {
        @Override
        public void execute(JobExecutionContext context) {}
    }

    @BeforeEach
    void build() throws Exception {
        node = Triggers.quickNode(database, "a-12345678", (bundle, ignored) -> {
            String name = bundle.getTrigger().getKey().getName();
            made.add(name + " " + bundle.getJobDetail().getJobClass().getSimpleName());
            return runs.getOrDefault(name, context -> {});
        });
        scheduler = node.scheduler();
        addJob(JOB, Triggers.Nothing.class);
    }

    @AfterEach
    void close() throws Exception {
        node.stop(Duration.ofSeconds(5));
        fresh.close();
    }

    private void addJob(JobKey key, Class<? extends Job> type) throws SchedulerException {
        scheduler.addJob(
                JobBuilder.newJob(type).withIdentity(key).storeDurably().build(), true);
    }

    private static TriggerKey key(String name) {
        return new TriggerKey(name, GROUP);
    }

    private static TriggerBuilder<Trigger> trigger(String name) {
        return TriggerBuilder.newTrigger()
                .withIdentity(key(name))
                .forJob(JOB)
                .startAt(Date.from(Instant.now().minusSeconds(1)));
    }

    private void awaitMade(String... names) {
        patiently().until(() -> made.containsAll(List.of(names)));
    }

    private Instant next(String name) throws SchedulerException {
        return scheduler.getTrigger(key(name)).getNextFireTime().toInstant();
    }

    @Test
    void thoseDueTogetherFireByPriorityWhichTheyKeep() throws Exception {
        for (int priority : new int[] {3, 9, 6, 1}) {
            scheduler.scheduleJob(trigger("p" + priority)
                    .withPriority(priority)
                    .withSchedule(MINUTELY)
                    .build());
        }
        Triggers.change(
                database,
                "UPDATE qrtz_triggers SET next_fire_time = " + (Instant.now().toEpochMilli() - 1000));
        node.start();
        awaitMade("p1 Nothing");

        assertThat(made).containsExactly("p9 Nothing", "p6 Nothing", "p3 Nothing", "p1 Nothing");
        assertThat(Triggers.count(database, "qrtz_triggers", "priority IN (1, 3, 6, 9)"))
                .isEqualTo(4);
    }

    @Test
    void eachMisfirePolicyIsKept() throws Exception {
        Instant start = Instant.ofEpochMilli(Instant.now().toEpochMilli() - 600_000);
        scheduler.scheduleJob(trigger("once")
                .withSchedule(SimpleScheduleBuilder.simpleSchedule().withMisfireHandlingInstructionFireNow())
                .build());
        scheduler.scheduleJob(trigger("next")
                .startAt(Date.from(start))
                .withSchedule(SimpleScheduleBuilder.repeatMinutelyForever()
                        .withMisfireHandlingInstructionNextWithRemainingCount())
                .build());
        scheduler.scheduleJob(trigger("ignored")
                .withSchedule(
                        SimpleScheduleBuilder.repeatMinutelyForever().withMisfireHandlingInstructionIgnoreMisfires())
                .build());
        scheduler.scheduleJob(trigger("cron-now")
                .withSchedule(
                        CronScheduleBuilder.cronSchedule("0 0 0 1 1 ?").withMisfireHandlingInstructionFireAndProceed())
                .build());
        scheduler.scheduleJob(trigger("cron-not")
                .withSchedule(CronScheduleBuilder.cronSchedule("0 0 0 1 1 ?").withMisfireHandlingInstructionDoNothing())
                .build());
        long due = start.toEpochMilli();
        Triggers.change(database, "UPDATE qrtz_triggers SET priority = 6, next_fire_time = " + due);
        Instant before = Instant.now().minusMillis(1);
        Inside.recoverMisfires(node);
        Instant after = Instant.now();

        assertThat(next("once")).isBetween(before, after);
        assertThat(next("next")).isBetween(after, after.plusSeconds(60));
        assertThat(Duration.between(start, next("next")).toMillis() % 60_000).isZero();
        assertThat(next("ignored")).isEqualTo(Instant.ofEpochMilli(due));
        assertThat(next("cron-now")).isBetween(before, after);
        assertThat(next("cron-not")).isAfter(after.plusSeconds(3600));
        assertThat(Triggers.count(database, "qrtz_triggers", "priority = 6")).isEqualTo(5);
    }

    @Test
    void triggerWhoseEndPassedIsCompleteAsQuartzHasItAndItsListenerHears() throws Exception {
        List<String> heard = new CopyOnWriteArrayList<>();
        scheduler.getListenerManager().addTriggerListener(new TriggerListenerSupport() {
            @Override
            public String getName() {
                return "hears";
            }

            @Override
            public void triggerMisfired(Trigger misfired) {
                heard.add(misfired.getKey().getName());
            }
        });
        scheduler.scheduleJob(trigger("ended")
                .endAt(Date.from(Instant.now().plusSeconds(3600)))
                .withSchedule(SimpleScheduleBuilder.repeatMinutelyForever()
                        .withMisfireHandlingInstructionNextWithRemainingCount())
                .build());
        long past = Instant.now().minusSeconds(600).toEpochMilli();
        Triggers.change(
                database,
                "UPDATE qrtz_triggers SET start_time = %d, next_fire_time = %d, end_time = %d"
                        .formatted(past, past, past + 1000));
        Inside.recoverMisfires(node);

        assertThat(scheduler.getTriggerState(key("ended"))).isEqualTo(TriggerState.COMPLETE);
        assertThat(heard).containsExactly("ended");
    }

    @Test
    void triggerGroupJobAndAllArePausedAndResumed() throws Exception {
        scheduler.scheduleJob(trigger("one").withSchedule(MINUTELY).build());
        scheduler.scheduleJob(trigger("two").withSchedule(MINUTELY).build());

        scheduler.pauseTrigger(key("one"));
        assertStates(TriggerState.PAUSED, TriggerState.NORMAL);
        scheduler.resumeTrigger(key("one"));
        scheduler.pauseTriggers(GroupMatcher.triggerGroupEquals(GROUP));
        assertStates(TriggerState.PAUSED, TriggerState.PAUSED);
        scheduler.scheduleJob(trigger("born").withSchedule(MINUTELY).build());
        assertThat(scheduler.getTriggerState(key("born"))).isEqualTo(TriggerState.PAUSED);
        scheduler.resumeTriggers(GroupMatcher.triggerGroupEquals(GROUP));
        assertStates(TriggerState.NORMAL, TriggerState.NORMAL);
        scheduler.pauseJob(JOB);
        assertStates(TriggerState.PAUSED, TriggerState.PAUSED);
        scheduler.resumeJob(JOB);
        scheduler.pauseAll();
        assertStates(TriggerState.PAUSED, TriggerState.PAUSED);

        node.start();
        scheduler.scheduleJob(TriggerBuilder.newTrigger()
                .withIdentity("late", "other")
                .forJob(JOB)
                .build());
        scheduler.resumeTriggers(GroupMatcher.triggerGroupEquals("other"));
        awaitMade("late Nothing");
        assertThat(made).as("what is paused does not fire").containsExactly("late Nothing");
        scheduler.resumeAll();
        awaitMade("one Nothing", "two Nothing", "born Nothing");
    }

    private void assertStates(TriggerState one, TriggerState two) throws SchedulerException {
        assertThat(scheduler.getTriggerState(key("one"))).isEqualTo(one);
        assertThat(scheduler.getTriggerState(key("two"))).isEqualTo(two);
    }

    @Test
    void calendarShiftsATriggerAndOneThatCannotBeStoredStopsNoOther() throws Exception {
        HolidayCalendar holidays = new HolidayCalendar();
        Instant now = Instant.now();
        holidays.addExcludedDate(Date.from(now));
        scheduler.addCalendar("holidays", holidays, false, false);
        assertThatThrownBy(() -> scheduler.addCalendar("yearly", new AnnualCalendar(), false, false))
                .isInstanceOf(SchedulerException.class);
        scheduler.scheduleJob(trigger("free")
                .modifiedByCalendar("holidays")
                .withSchedule(SimpleScheduleBuilder.repeatSecondlyForever())
                .build());
        scheduler.scheduleJob(trigger("works").withSchedule(MINUTELY).build());
        assertThat(holidays.isTimeIncluded(next("free").toEpochMilli())).isTrue();

        holidays.removeExcludedDate(Date.from(now));
        scheduler.addCalendar("holidays", holidays, true, true);
        node.start();
        awaitMade("works Nothing", "free Nothing");
    }

    @Test
    void jobThatMustNotRunConcurrentlyRunsOnceAtATime() throws Exception {
        addJob(JOB, Alone.class);
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        runs.put("one", context -> {
            running.countDown();
            Triggers.awaitQuietly(end);
        });
        runs.put("two", runs.get("one"));
        scheduler.scheduleJob(trigger("one").withSchedule(MINUTELY).build());
        scheduler.scheduleJob(trigger("two").withSchedule(MINUTELY).build());
        node.start();
        running.await();

        patiently().until(() -> Triggers.count(database, "qrtz_triggers", "trigger_state = 'BLOCKED'") == 2);
        assertThat(made).hasSize(1);
        end.countDown();
        awaitMade("one Alone", "two Alone");
        patiently().until(() -> Triggers.count(database, "qrtz_triggers", "trigger_state = 'WAITING'") == 2);
    }

    @Test
    void whatAKilledWorkerRanIsRunAgainWhereItAsksForRecovery() throws Exception {
        scheduler.addJob(
                JobBuilder.newJob(Triggers.Nothing.class)
                        .withIdentity(JOB)
                        .storeDurably()
                        .requestRecovery()
                        .build(),
                true);
        scheduler.scheduleJob(trigger("one")
                .startAt(Date.from(Instant.now().plusSeconds(3600)))
                .withSchedule(MINUTELY)
                .build());
        Triggers.change(database, """
                INSERT INTO qrtz_scheduler_state (sched_name, instance_name, last_checkin_time, checkin_interval)
                VALUES ('avatar-monitor', 'killed', 1000, 500)""");
        Triggers.change(database, """
                INSERT INTO qrtz_fired_triggers (sched_name, entry_id, trigger_name, trigger_group, instance_name, fired_time,
                    sched_time, priority, state, job_name, job_group, is_nonconcurrent, requests_recovery)
                VALUES ('avatar-monitor', 'e', 'one', 'reports', 'killed', 1000, 1000, 5, 'EXECUTING', 'report', 'reports',
                    false, true)""");
        node.start();

        patiently().until(() -> made.stream().anyMatch(job -> job.startsWith("recover_killed")));
        patiently().until(() -> Triggers.count(database, "qrtz_fired_triggers", "instance_name = 'killed'") == 0);
        assertThat(made).hasSize(1);
    }

    @Test
    void replacedTriggerAndJobCountAtOnce() throws Exception {
        scheduler.scheduleJob(trigger("one").withSchedule(MINUTELY).build());
        node.start();
        awaitMade("one Nothing");
        addJob(JOB, Alone.class);
        assertThat(scheduler.rescheduleJob(
                        key("one"), trigger("two").withSchedule(MINUTELY).build()))
                .isNotNull();
        awaitMade("two Alone");
        assertThat(scheduler.checkExists(key("one"))).isFalse();
    }

    @Test
    void listenerHearsOfOrdinaryTriggersAndOfChecksAndMayVeto() throws Exception {
        List<String> heard = new CopyOnWriteArrayList<>();
        scheduler.getListenerManager().addTriggerListener(new TriggerListenerSupport() {
            @Override
            public String getName() {
                return "hears";
            }

            @Override
            public boolean vetoJobExecution(Trigger fired, JobExecutionContext context) {
                return fired.getKey().getName().equals("vetoed");
            }

            @Override
            public void triggerComplete(
                    Trigger ended, JobExecutionContext context, Trigger.CompletedExecutionInstruction instruction) {
                heard.add(ended.getKey().getName() + " " + instruction);
            }
        });
        List<String> ran = new CopyOnWriteArrayList<>();
        for (String name : List.of("vetoed", "one", "check")) {
            runs.put(name, context -> ran.add(name));
        }
        scheduler.scheduleJob(trigger("vetoed").withSchedule(MINUTELY).build());
        scheduler.scheduleJob(trigger("one").withSchedule(MINUTELY).build());
        Triggers.store(node, List.of(Triggers.everyMinute("check", Instant.now())), SHARED, NOTHING_MORE);
        node.start();

        patiently().until(() -> heard.containsAll(List.of("one NOOP", "check NOOP")));
        patiently().until(() -> made.size() == 3);
        patiently().until(() -> Triggers.count(database, "qrtz_fired_triggers", "true") == 0);
        assertThat(ran).containsExactlyInAnyOrder("one", "check");
    }

    @Test
    void jobMayUnscheduleItsTriggerOrAllOfThem() throws Exception {
        runs.put("own", context -> fail(false));
        runs.put("all", context -> fail(true));
        scheduler.scheduleJob(trigger("own").withSchedule(MINUTELY).build());
        scheduler.scheduleJob(trigger("other").withSchedule(MINUTELY).build());
        node.start();
        patiently().until(() -> scheduler.getTriggerState(key("own")) == TriggerState.COMPLETE);
        assertThat(scheduler.getTriggerState(key("other"))).isEqualTo(TriggerState.NORMAL);

        scheduler.scheduleJob(trigger("all").withSchedule(MINUTELY).build());
        patiently().until(() -> scheduler.getTriggerState(key("all")) == TriggerState.COMPLETE);
        assertThat(scheduler.getTriggerState(key("other"))).isEqualTo(TriggerState.COMPLETE);
    }

    private static void fail(boolean all) throws JobExecutionException {
        JobExecutionException failure = new JobExecutionException("planted");
        failure.setUnscheduleAllTriggers(all);
        failure.setUnscheduleFiringTrigger(!all);
        throw failure;
    }

    @Test
    void triggerOfAnUnknownClassIsInErrorUntilItIsResetAndStopsNoOther() throws Exception {
        JobKey gone = new JobKey("gone", GROUP);
        addJob(gone, Triggers.Nothing.class);
        scheduler.scheduleJob(
                trigger("broken").forJob(gone).withSchedule(MINUTELY).build());
        scheduler.scheduleJob(trigger("healthy").withSchedule(MINUTELY).build());
        Triggers.change(database, "UPDATE qrtz_job_details SET job_class_name = 'gone.Job' WHERE job_name = 'gone'");
        node.start();
        awaitMade("healthy Nothing");
        patiently().until(() -> scheduler.getTriggerState(key("broken")) == TriggerState.ERROR);

        Triggers.change(
                database,
                "UPDATE qrtz_job_details SET job_class_name = '" + Triggers.Nothing.class.getName()
                        + "' WHERE job_name = 'gone'");
        scheduler.resetTriggerFromErrorState(key("broken"));
        awaitMade("broken Nothing");
    }
}
