package avatarmonitor.schedule;

import org.jspecify.annotations.Nullable;
import org.quartz.JobExecutionContext;
import org.quartz.JobExecutionException;
import org.quartz.JobListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Never throws. When a listener throws, Quartz forgets the firing: its row stays EXECUTING until the worker dies. Listeners are
 * called in the thread of the job; those of a misfire in a transaction that holds the lock of the cluster, so they must not
 * touch the scheduler.
 */
final class HarmlessListener implements JobListener {
    private static final Logger LOG = LoggerFactory.getLogger(HarmlessListener.class);

    private final JobListener listener;

    HarmlessListener(JobListener listener) {
        this.listener = listener;
    }

    @Override
    public String getName() {
        return listener.getName();
    }

    @Override
    public void jobToBeExecuted(JobExecutionContext context) {
        harmless(context, () -> listener.jobToBeExecuted(context));
    }

    @Override
    public void jobExecutionVetoed(JobExecutionContext context) {
        harmless(context, () -> listener.jobExecutionVetoed(context));
    }

    @Override
    public void jobWasExecuted(JobExecutionContext context, @Nullable JobExecutionException failure) {
        harmless(context, () -> listener.jobWasExecuted(context, failure));
    }

    private void harmless(JobExecutionContext context, Runnable call) {
        try {
            call.run();
        } catch (Throwable e) {
            LOG.error(
                    "listener failed listener={} trigger={}",
                    getName(),
                    context.getTrigger().getKey(),
                    e);
        }
    }
}
