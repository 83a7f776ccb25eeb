package avatarmonitor.schedule.quartz;

import org.quartz.Job;
import org.quartz.Scheduler;
import org.quartz.spi.JobFactory;
import org.quartz.spi.TriggerFiredBundle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Job factory that never throws: a job that cannot be created is replaced by a no-op, and its trigger fires again at
 * its next time.
 */
final class SafeJobFactory implements JobFactory {
    private static final Logger LOG = LoggerFactory.getLogger(SafeJobFactory.class);

    private final JobFactory jobs;

    SafeJobFactory(JobFactory jobs) {
        this.jobs = jobs;
    }

    @Override
    @SuppressWarnings("CatchAndPrintStackTrace")
    public Job newJob(TriggerFiredBundle bundle, Scheduler scheduler) {
        try {
            return jobs.newJob(bundle, scheduler);
        } catch (Throwable e) {
            LOG.error(
                    "job cannot be made, skipped until its next time job={}",
                    bundle.getJobDetail().getKey(),
                    e);
            return context -> {};
        }
    }
}
