package avatarmonitor.schedule;

import avatarmonitor.check.StatusCheck;
import avatarmonitor.reconcile.Reconciler;
import org.quartz.Job;
import org.quartz.Scheduler;
import org.quartz.spi.JobFactory;
import org.quartz.spi.TriggerFiredBundle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands the parts to the two jobs. It cannot fail: a factory that throws puts every trigger of the job into ERROR. */
final class MonitoringJobs implements JobFactory {
    private static final Logger log = LoggerFactory.getLogger(MonitoringJobs.class);

    private final StatusCheck check;
    private final Reconciler reconciler;
    private final MonitoringSchedule schedule;

    MonitoringJobs(StatusCheck check, Reconciler reconciler, MonitoringSchedule schedule) {
        this.check = check;
        this.reconciler = reconciler;
        this.schedule = schedule;
    }

    @Override
    public Job newJob(TriggerFiredBundle bundle, Scheduler scheduler) {
        Class<? extends Job> type = bundle.getJobDetail().getJobClass();
        if (type == StatusCheckJob.class) {
            return new StatusCheckJob(check, schedule, null);
        }
        if (type == ReconcileJob.class) {
            return new ReconcileJob(reconciler, schedule);
        }
        return context -> log.error(
                "nothing to run for a job that is not ours job={}",
                context.getJobDetail().getKey());
    }
}
