package avatarmonitor.web;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Thread for periodic work of event streams. Failed work is retried at the next run. */
final class StreamTask {
    private static final Logger log = LoggerFactory.getLogger(StreamTask.class);

    private final String name;
    private final ScheduledThreadPoolExecutor thread;
    private boolean failed;

    StreamTask(String name) {
        this.name = name;
        this.thread = new ScheduledThreadPoolExecutor(1, work -> {
            Thread made = new Thread(work, name);
            made.setDaemon(true);
            return made;
        });
        // After a stop no further run starts; a running one is not interrupted.
        this.thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        this.thread.setRemoveOnCancelPolicy(true);
    }

    /** Runs the work with this pause between runs. */
    void every(Duration pause, Runnable work) {
        var unused = thread.scheduleWithFixedDelay(
                () -> run(work), pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Runs the work once, after the current run; returns false when it has been stopped. */
    boolean soon(Runnable work) {
        try {
            thread.execute(() -> run(work));
            return true;
        } catch (RejectedExecutionException stopping) {
            return false;
        }
    }

    private void run(Runnable work) {
        try {
            work.run();
            failed = false;
        } catch (RuntimeException e) {
            // During a database outage every run fails; it is logged once.
            if (!failed) {
                log.warn(
                        "nothing to tell the listeners, trying again in a moment thread={} error={}",
                        name,
                        e.getMessage());
            }
            failed = true;
        } catch (Error e) {
            // Rethrowing would cancel the periodic work without a log line.
            log.error("nothing to tell the listeners by a defect or for want of memory thread={}", name, e);
        }
    }

    void stop() {
        thread.shutdown();
    }

    /** Waits for the running work, at most this long. */
    void awaitEnd(Duration timeout) throws InterruptedException {
        boolean unused = thread.awaitTermination(Math.max(0, timeout.toMillis()), TimeUnit.MILLISECONDS);
    }
}
