package avatarmonitor.schedule.quartz.thread;

import avatarmonitor.background.DaemonThreads;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
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
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
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
    public boolean runInThread(Runnable work) {
        lock.lock();
        try {
            if (!stopped) {
                run(work, 1);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Runs work with reserved capacity; drops it after the stop. */
    public void runReserved(Runnable work) {
        lock.lock();
        try {
            if (!stopped) {
                run(work, 0);
            }
            reserved--;
        } finally {
            lock.unlock();
        }
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
    public int blockForAvailableThreads() {
        lock.lock();
        try {
            while (byQuartz >= size && !stopped) {
                changed.awaitUninterruptibly();
            }
            // Quartz leaves its loop by itself after a stop; 0 is not a valid result.
            return Math.max(1, size - byQuartz);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Reserves capacity for one job; waits until there is some.
     *
     * @return 1, or 0 when the pool has stopped
     */
    public int awaitRoom() {
        lock.lock();
        try {
            while (room() <= 0 && !stopped) {
                changed.awaitUninterruptibly();
            }
            return stopped ? 0 : keep(1);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Reserves capacity for several jobs, without waiting.
     *
     * @return the reserved number, at most {@code most}
     */
    public int reserve(int most) {
        lock.lock();
        try {
            return keep(Math.max(0, Math.min(most, room())));
        } finally {
            lock.unlock();
        }
    }

    private int keep(int count) {
        reserved += count;
        return count;
    }

    /** Releases reserved capacity. */
    public void release(int count) {
        lock.lock();
        try {
            reserved -= count;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private int room() {
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
    public boolean awaitIdle(Duration timeout) throws InterruptedException {
        lock.lock();
        try {
            long nanosLeft = timeout.toNanos();
            while (busy > 0 && nanosLeft > 0) {
                nanosLeft = changed.awaitNanos(nanosLeft);
            }
            return busy == 0;
        } finally {
            lock.unlock();
        }
    }

    /** Accepts no more work. Never waits; use {@link #awaitIdle} to wait. */
    @Override
    public void shutdown(boolean waitForJobsToComplete) {
        lock.lock();
        try {
            stopped = true;
            changed.signalAll();
        } finally {
            lock.unlock();
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

    private void done(int ofQuartz) {
        lock.lock();
        try {
            busy--;
            byQuartz -= ofQuartz;
            ended++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
