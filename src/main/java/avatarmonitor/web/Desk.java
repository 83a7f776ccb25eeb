package avatarmonitor.web;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A few threads for work that waits for the database or for fal, and a short queue before them. They are few so that checks always find
 * a connection, and are never interrupted: an interrupt that meets one inside H2 would close the database file.
 */
final class Desk {
    private static final Duration IDLE_MAX = Duration.ofSeconds(30);

    private final ThreadPoolExecutor threads;

    Desk(String name, int threads, int waitingMax) {
        AtomicInteger number = new AtomicInteger();
        this.threads = new ThreadPoolExecutor(
                threads,
                threads,
                IDLE_MAX.toSeconds(),
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(waitingMax),
                work -> {
                    Thread thread = new Thread(work, name + "-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        this.threads.allowCoreThreadTimeOut(true);
    }

    /** Takes the work; false when too much is waiting already. */
    boolean take(Runnable work) {
        try {
            threads.execute(work);
            return true;
        } catch (RejectedExecutionException full) {
            return false;
        }
    }

    /** Takes nothing more; what was taken is done. */
    void stop() {
        threads.shutdown();
    }

    /** Waits at most this long for the end of what was taken. */
    void awaitEnd(Duration patience) throws InterruptedException {
        boolean unused = threads.awaitTermination(Math.max(0, patience.toMillis()), TimeUnit.MILLISECONDS);
    }
}
