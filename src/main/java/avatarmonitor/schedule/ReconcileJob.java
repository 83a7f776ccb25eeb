package avatarmonitor.schedule;

import avatarmonitor.reconcile.Reconciler;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.JobExecutionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Runs the reconciler. Quartz keeps two runs from overlapping in most cases, not in all: a worker that releases an acquired trigger makes a
 * blocked one fire. Runs may overlap, since each step of the reconciler is conditional; see {@link Reconciler}. The name of this class is
 * stored in every database of the product: it never changes.
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
     * The retry is put into the database before the run and taken out after it, so that a run that ends with its worker is tried
     * again just like one that fails.
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

    /** The database failed before the run; where it does so for longer, the hourly trigger or the next start remains. */
    private void armLate() {
        try {
            schedule.armRetry();
        } catch (RuntimeException e) {
            log.error("retry of reconcile not stored, the next hourly run takes its place", e);
        }
    }
}
