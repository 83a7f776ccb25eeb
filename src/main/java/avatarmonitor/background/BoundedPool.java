package avatarmonitor.background;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Small thread pool with a bounded queue for work that waits for the database or for fal. It is small so that checks
 * always find a connection. Its threads are never interrupted: an interrupt would fail the running statement.
 */
public final class BoundedPool {
    private static final Duration IDLE_MAX = Duration.ofSeconds(30);

    private final ThreadPoolExecutor threads;

    public BoundedPool(String name, int threads, int waitingMax) {
        this.threads = new ThreadPoolExecutor(
                threads,
                threads,
                IDLE_MAX.toSeconds(),
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(waitingMax),
                DaemonThreads.numbered(name));
        this.threads.allowCoreThreadTimeOut(true);
    }

    /** Submits work; returns false when the queue is full. */
    public boolean take(Runnable work) {
        try {
            threads.execute(work);
            return true;
        } catch (RejectedExecutionException full) {
            return false;
        }
    }

    /** Accepts no further work; queued work is done. */
    public void stop() {
        threads.shutdown();
    }

    /** Discards the queued work. */
    public void discardWaiting() {
        threads.getQueue().clear();
    }

    /** Returns whether no work runs or waits. */
    public boolean isIdle() {
        return threads.getTaskCount() == threads.getCompletedTaskCount();
    }

    /** Waits for the end of the accepted work, at most this long. */
    public void awaitEnd(Duration timeout) throws InterruptedException {
        boolean unused = threads.awaitTermination(Math.max(0, timeout.toMillis()), TimeUnit.MILLISECONDS);
    }
}
