package avatarmonitor.schedule;

import avatarmonitor.reconcile.Reconciler;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.JobExecutionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Quartz job that runs the reconciler. Quartz prevents overlapping runs in most cases, not in all: a worker that
 * releases an acquired trigger makes a blocked one fire. Runs may overlap, since each step of the reconciler is
 * conditional; see {@link Reconciler}. The name of this class is stored in every database of the product and must not
 * change.
 */
@DisallowConcurrentExecution
public final class ReconcileJob implements Job {
    private static final Logger log = LoggerFactory.getLogger(ReconcileJob.class);

    private final Reconciler reconciler;
    private final MonitoringSchedule schedule;

    ReconcileJob(Reconciler reconciler, MonitoringSchedule schedule) {
        this.reconciler = reconciler;
        this.schedule = schedule;
    }

    /**
     * Stores the retry trigger before the run and removes it afterwards, so that a run whose worker dies is retried
     * just like one that fails.
     */
    @Override
    public void execute(JobExecutionContext context) {
        boolean armed = false;
        try (MDC.MDCCloseable ignored = MDC.putCloseable("worker", schedule.worker())) {
            try {
                schedule.armRetry();
                armed = true;
                reconciler.run();
                schedule.disarmRetry();
            } catch (RuntimeException e) {
                log.error("reconcile failed, it is tried again after reconcile.retry-delay", e);
                if (!armed) {
                    armLate();
                }
            }
        }
    }

    /**
     * Stores the retry after the database failed before the run; if that fails too, the hourly trigger or the next
     * start remains.
     */
    private void armLate() {
        try {
            schedule.armRetry();
        } catch (RuntimeException e) {
            log.error("retry of reconcile not stored, the next hourly run takes its place", e);
        }
    }
}
