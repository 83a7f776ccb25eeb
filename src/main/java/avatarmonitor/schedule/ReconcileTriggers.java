package avatarmonitor.schedule;

import avatarmonitor.reconcile.ReconcileConfig;
import avatarmonitor.schedule.quartz.TriggerGroups;
import java.time.Instant;
import java.util.Date;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.ObjectAlreadyExistsException;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.SimpleTrigger;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerKey;

/** Triggers of the reconcile job: hourly, once at every start of a worker, and once after a failure. */
final class ReconcileTriggers {
    static final String GROUP = TriggerGroups.MAINTENANCE;
    static final JobKey RECONCILE = new JobKey("reconcile", GROUP);
    static final TriggerKey HOURLY = new TriggerKey("hourly", GROUP);
    static final TriggerKey RETRY = new TriggerKey("retry", GROUP);

    private final Scheduler scheduler;
    private final ReconcileConfig config;

    ReconcileTriggers(Scheduler scheduler, ReconcileConfig config) {
        this.scheduler = scheduler;
        this.config = config;
    }

    static JobDetail job() {
        return JobBuilder.newJob(ReconcileJob.class)
                .withIdentity(RECONCILE)
                .withDescription("schedules every unmonitored avatar in TRAINING")
                .storeDurably()
                // A firing that waits behind checks when its worker dies is run by another worker.
                .requestRecovery()
                .build();
    }

    /** Creates the hourly trigger; replaces it when its interval has changed or it will not fire any more. */
    void ensure(Instant now) throws SchedulerException {
        scheduler.addJob(job(), true, true);
        Trigger present = scheduler.getTrigger(HOURLY);
        Trigger.TriggerState state = scheduler.getTriggerState(HOURLY);
        boolean fires = present instanceof SimpleTrigger simple
                && simple.getRepeatInterval() == config.interval().toMillis()
                && simple.getMisfireInstruction() == hourly(now).getMisfireInstruction()
                && state != Trigger.TriggerState.ERROR
                && state != Trigger.TriggerState.COMPLETE
                && state != Trigger.TriggerState.NONE;
        if (!fires) {
            replace(hourly(now));
        }
    }

    private Trigger hourly(Instant now) {
        return TriggerBuilder.newTrigger()
                .withIdentity(HOURLY)
                .forJob(RECONCILE)
                .startAt(Date.from(now.plus(config.interval())))
                .withSchedule(SimpleScheduleBuilder.simpleSchedule()
                        .withIntervalInMilliseconds(config.interval().toMillis())
                        .repeatForever()
                        // Fire a late run at once: waiting for the next hour would leave avatars unmonitored for two.
                        .withMisfireHandlingInstructionNowWithExistingCount())
                .build();
    }

    /** Includes the worker's name in the key, so that starts of two workers do not replace each other. */
    void runNow(String worker, Instant now) throws SchedulerException {
        replace(once(new TriggerKey("start-" + worker, GROUP), now));
    }

    void armRetry(Instant now) throws SchedulerException {
        replace(once(RETRY, now.plus(config.retryDelay())));
    }

    void disarmRetry() throws SchedulerException {
        scheduler.unscheduleJob(RETRY);
    }

    private static Trigger once(TriggerKey key, Instant at) {
        return TriggerBuilder.newTrigger()
                .withIdentity(key)
                .forJob(RECONCILE)
                .startAt(Date.from(at))
                .withSchedule(SimpleScheduleBuilder.simpleSchedule().withMisfireHandlingInstructionFireNow())
                .build();
    }

    private void replace(Trigger trigger) throws SchedulerException {
        if (scheduler.rescheduleJob(trigger.getKey(), trigger) == null) {
            try {
                scheduler.scheduleJob(trigger);
            } catch (ObjectAlreadyExistsException e) {
                // Another worker that starts at the same moment stored an equivalent trigger.
                return;
            }
        }
    }
}
