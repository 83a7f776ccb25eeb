package avatarmonitor.schedule.quartz;

import avatarmonitor.schedule.quartz.thread.WorkerPool;
import java.util.List;
import java.util.function.Consumer;
import org.quartz.SchedulerException;
import org.quartz.Trigger.CompletedExecutionInstruction;
import org.quartz.TriggerKey;
import org.quartz.core.JobRunShell;
import org.quartz.core.JobRunShellFactory;
import org.quartz.core.QuartzScheduler;
import org.quartz.spi.JobStore;
import org.quartz.spi.OperableTrigger;
import org.quartz.spi.TriggerFiredBundle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the jobs of fired triggers like Quartz's scheduler thread: each job in a Quartz job shell, which calls the
 * listeners and completes the firing.
 */
public final class JobStarter {
    private static final Logger LOG = LoggerFactory.getLogger(JobStarter.class);

    private final QuartzScheduler quartz;
    private final JobRunShellFactory shells;
    private final JobStore store;
    private final WorkerPool workers;
    private volatile Consumer<List<TriggerKey>> beforeStart = keys -> {};

    JobStarter(QuartzScheduler quartz, JobRunShellFactory shells, JobStore store, WorkerPool workers) {
        this.quartz = quartz;
        this.shells = shells;
        this.store = store;
        this.workers = workers;
    }

    /**
     * Sets the listener that is called with all triggers that start together, on the thread that creates the jobs,
     * before it does.
     */
    void beforeStart(Consumer<List<TriggerKey>> listener) {
        beforeStart = listener;
    }

    /** Calls the listeners of triggers that misfire. */
    void tellMisfired(OperableTrigger trigger) {
        quartz.getSchedulerSignaler().notifyTriggerListenersMisfired(trigger);
    }

    /** Submits the jobs to the pool, which has reserved capacity for each. */
    public void start(List<TriggerFiredBundle> fired) {
        try {
            beforeStart.accept(
                    fired.stream().map(one -> one.getTrigger().getKey()).toList());
        } catch (RuntimeException e) {
            // The triggers have fired: their jobs run all the same.
            LOG.error("internal error in the listener for starting jobs", e);
        }
        fired.forEach(this::start);
    }

    private void start(TriggerFiredBundle fired) {
        OperableTrigger trigger = fired.getTrigger();
        try {
            JobRunShell shell = shells.createJobRunShell(fired);
            shell.initialize(quartz);
            workers.runReserved(shell);
        } catch (SchedulerException | RuntimeException e) {
            LOG.error("job cannot be started, skipped until its next time trigger={}", trigger.getKey(), e);
            workers.release(1);
            store.triggeredJobComplete(
                    trigger, fired.getJobDetail(), CompletedExecutionInstruction.SET_ALL_JOB_TRIGGERS_ERROR);
        }
    }
}
