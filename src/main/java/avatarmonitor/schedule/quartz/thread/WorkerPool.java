package avatarmonitor.schedule.quartz.thread;

import avatarmonitor.background.DaemonThreads;
import avatarmonitor.background.GuardedWait;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.quartz.spi.ThreadPool;

/**
 * Thread pool for jobs: at most {@code size} threads, created on demand, never interrupted. Quartz records an error in
 * a job; an error that escapes from Quartz leaves a firing open and is fatal for the worker, whose end releases the
 * firing. Unlike Quartz's own pool it can be awaited with a deadline, and it does not poll twice a second.
 */
public final class WorkerPool implements ThreadPool {
    private static final long IDLE_THREAD_SECONDS = 60;

    /**
     * Window of recently ended jobs: as many jobs may be queued ahead as ended within it, so that they start at most
     * that much later.
     */
    private static final Duration AHEAD = Duration.ofMillis(100);

    /** Maximum of jobs that may be fired ahead of free threads. */
    public static final int AHEAD_MAX = 4000;

    private final int size;
    private final int aheadMax;
    private final FatalErrorLatch fatal;
    private final ThreadPoolExecutor threads;
    private int busy;
    private int reserved;
    /** Those of the busy jobs that Quartz's scheduler thread submitted. */
    private int byQuartz;

    private int ended;
    private int ahead;
    private long windowBegan = System.nanoTime();
    private boolean stopped;

    /** @param aheadMax maximum of jobs accepted beyond free threads, see {@link #ahead} */
    public WorkerPool(String name, int size, int aheadMax, FatalErrorLatch fatal) {
        this.size = size;
        this.aheadMax = aheadMax;
        this.fatal = fatal;
        // Apart from jobs ahead and those of Quartz, the queue bridges the moment in which a job has ended but its
        // thread is not free yet.
        this.threads = new ThreadPoolExecutor(
                size,
                size,
                IDLE_THREAD_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(2 * size + aheadMax),
                DaemonThreads.numbered(name + "-job"));
        threads.allowCoreThreadTimeOut(true);
    }

    @Override
    public void initialize() {}

    /**
     * Runs a job that Quartz fired, within the limit of {@link #blockForAvailableThreads}. Drops work after the stop
     * instead of rejecting it: Quartz would take a rejection for a broken pool, and the firing is released with all
     * others of this worker.
     */
    @Override
    public synchronized boolean runInThread(Runnable work) {
        if (!stopped) {
            run(work, 1);
        }
        return true;
    }

    /** Runs work with reserved capacity; drops it after the stop. */
    public synchronized void runReserved(Runnable work) {
        if (!stopped) {
            run(work, 0);
        }
        reserved--;
    }

    private void run(Runnable work, int ofQuartz) {
        threads.execute(() -> {
            try {
                work.run();
            } catch (Throwable e) {
                fatal.because("a check could not be completed", e);
            } finally {
                done(ofQuartz);
            }
        });
        busy++;
        byQuartz += ofQuartz;
    }

    /**
     * Counts Quartz's own jobs only: checks that fill the pool must not keep Quartz from firing, and its jobs come next
     * in the queue.
     */
    @Override
    public synchronized int blockForAvailableThreads() {
        GuardedWait.uninterruptibly(this, () -> byQuartz < size || stopped);
        // Quartz leaves its loop by itself after a stop; 0 is not a valid result.
        return Math.max(1, size - byQuartz);
    }

    /**
     * Reserves capacity for one job; waits until there is some.
     *
     * @return 1, or 0 when the pool has stopped
     */
    public synchronized int awaitCapacity() {
        GuardedWait.uninterruptibly(this, () -> capacity() > 0 || stopped);
        return stopped ? 0 : keep(1);
    }

    /**
     * Reserves capacity for several jobs, without waiting.
     *
     * @return the reserved number, at most {@code most}
     */
    public synchronized int reserve(int most) {
        return keep(Math.max(0, Math.min(most, capacity())));
    }

    private int keep(int count) {
        reserved += count;
        return count;
    }

    /** Releases reserved capacity. */
    public synchronized void release(int count) {
        reserved -= count;
        notifyAll();
    }

    private int capacity() {
        return size + ahead() - busy - reserved;
    }

    /**
     * Returns how many jobs may wait for a thread. Short jobs end so fast that free threads alone are too few for a
     * batch; long jobs waiting here would keep other workers from running them.
     */
    private int ahead() {
        long now = System.nanoTime();
        long past = now - windowBegan;
        if (past >= AHEAD.toNanos()) {
            ahead = (int) Math.min(aheadMax, ended * AHEAD.toNanos() / past);
            ended = 0;
            windowBegan = now;
        }
        return ahead;
    }

    /** Waits until nothing runs, at most this long. */
    public synchronized boolean awaitIdle(Duration timeout) throws InterruptedException {
        return GuardedWait.until(this, () -> busy == 0, timeout);
    }

    /** Accepts no more work. Never waits; use {@link #awaitIdle} to wait. */
    @Override
    public void shutdown(boolean waitForJobsToComplete) {
        synchronized (this) {
            stopped = true;
            notifyAll();
        }
        threads.shutdown();
    }

    @Override
    public int getPoolSize() {
        return size;
    }

    @Override
    public void setInstanceId(String schedInstId) {}

    @Override
    public void setInstanceName(String schedName) {}

    private synchronized void done(int ofQuartz) {
        busy--;
        byQuartz -= ofQuartz;
        ended++;
        notifyAll();
    }
}
