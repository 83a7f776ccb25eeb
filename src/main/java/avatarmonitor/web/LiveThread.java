package avatarmonitor.web;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread that finds out something for the listeners, again and again. What fails is tried again the next time. */
final class LiveThread {
    private static final Logger log = LoggerFactory.getLogger(LiveThread.class);

    private final String name;
    private final ScheduledThreadPoolExecutor thread;
    private boolean failed;

    LiveThread(String name) {
        this.name = name;
        this.thread = new ScheduledThreadPoolExecutor(1, work -> {
            Thread made = new Thread(work, name);
            made.setDaemon(true);
            return made;
        });
        // After a stop no turn comes any more; the one that runs is not interrupted.
        this.thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        this.thread.setRemoveOnCancelPolicy(true);
    }

    /** Does this each time the pause has passed since it was done. */
    void every(Duration pause, Runnable work) {
        var unused = thread.scheduleWithFixedDelay(
                () -> run(work), pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Does this as soon as what it does now is done; false when it has been stopped. */
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
            // While the database is away every turn fails: one line says so.
            if (!failed) {
                log.warn(
                        "nothing to tell the listeners, trying again in a moment thread={} error={}",
                        name,
                        e.getMessage());
            }
            failed = true;
        } catch (Error e) {
            // Thrown on, it would end the turns for ever without a word.
            log.error("nothing to tell the listeners by a defect or for want of memory thread={}", name, e);
        }
    }

    void stop() {
        thread.shutdown();
    }

    /** Waits at most this long for the end of what it does. */
    void awaitEnd(Duration patience) throws InterruptedException {
        boolean unused = thread.awaitTermination(Math.max(0, patience.toMillis()), TimeUnit.MILLISECONDS);
    }
}
