package avatarmonitor.schedule.quartz;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.quartz.spi.ThreadPool;

/**
 * The threads that run jobs: at most {@code size}, made when needed, never interrupted. An error in a job is Quartz's to record; one that
 * escapes from Quartz left a firing open, and is the death of the worker: its end gives that firing back. Unlike Quartz's own pool it can be
 * waited for with a deadline, and it does not wake up twice a second for nothing.
 */
public final class WorkerPool implements ThreadPool {
    private static final long IDLE_THREAD_SECONDS = 60;

    /** Jobs may be taken ahead as far as they ended lately in this time: so much later do they begin. */
    private static final Duration AHEAD = Duration.ofMillis(100);

    /** Most jobs that may have been fired ahead of those that can run. */
    static final int AHEAD_MAX = 4000;

    private final int size;
    private final int aheadMax;
    private final FatalErrorLatch fatal;
    private final ThreadPoolExecutor threads;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private int busy;
    private int reserved;
    /** Of those that are busy, jobs that Quartz's scheduler thread handed over. */
    private int byQuartz;

    private int ended;
    private int ahead;
    private long windowBegan = System.nanoTime();
    private boolean stopped;

    /** @param aheadMax most jobs that are taken beyond those that can run, see {@link #ahead} */
    WorkerPool(String name, int size, int aheadMax, FatalErrorLatch fatal) {
        this.size = size;
        this.aheadMax = aheadMax;
        this.fatal = fatal;
        AtomicInteger number = new AtomicInteger();
        // Besides what is taken ahead and what Quartz hands over beside it, the queue bridges the moment in which a job
        // has ended but its thread is not back yet.
        this.threads = new ThreadPoolExecutor(
                size,
                size,
                IDLE_THREAD_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(2 * size + aheadMax),
                work -> {
                    Thread thread = new Thread(work, name + "-job-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    @Override
    public void initialize() {}

    /**
     * Runs what Quartz fired, which is no more than {@link #blockForAvailableThreads} said. Work that comes after the stop is dropped and not
     * refused: a refusal would be taken for a broken pool, while its firing is given back with all others of this worker.
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

    /** Runs work for which room was reserved; drops it after the stop. */
    void runReserved(Runnable work) {
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

    /** Only Quartz's own jobs count: checks that fill the pool cannot keep it from firing, so what it fires comes next in the queue. */
    @Override
    public int blockForAvailableThreads() {
        lock.lock();
        try {
            while (byQuartz >= size && !stopped) {
                changed.awaitUninterruptibly();
            }
            // Quartz leaves its loop by itself when it was stopped; it only must not be told 0.
            return Math.max(1, size - byQuartz);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Keeps room for one job that is about to be taken; waits until there is some.
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
     * Keeps room for jobs that are about to be taken, without waiting.
     *
     * @return for how many there is, at most {@code most}
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

    /** Gives up room that was kept. */
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
     * How many jobs may wait for a thread. Short ones end so fast that as many as can run are too few for a batch; with long
     * ones, what waits here would keep others from taking it.
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

    /** Waits at most this long until nothing runs. */
    boolean awaitIdle(Duration patience) throws InterruptedException {
        lock.lock();
        try {
            long nanosLeft = patience.toNanos();
            while (busy > 0 && nanosLeft > 0) {
                nanosLeft = changed.awaitNanos(nanosLeft);
            }
            return busy == 0;
        } finally {
            lock.unlock();
        }
    }

    /** Takes no more work. Never waits: whoever wants to wait says how long, with {@link #awaitIdle}. */
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
