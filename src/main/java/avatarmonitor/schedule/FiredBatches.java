package avatarmonitor.schedule;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.quartz.TriggerKey;

/**
 * Batches that have fired, on their way from the threads that write them to the one that runs their jobs. How much may wait here is bounded by
 * the room that those threads keep in the {@link WorkerPool} beforehand. What is in here when the worker stops is given back to
 * all with everything else that it holds; in standby it waits here.
 */
final class FiredBatches {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Queue<FiringBatch> waiting = new ArrayDeque<>();
    /** What is left to Quartz stays due, and so is found again and again, until Quartz has had its turn. */
    private final Set<TriggerKey> leftToQuartz = new HashSet<>();

    private boolean open;

    /** Lets batches through from now on. */
    void open() {
        set(true);
    }

    /** Ends the wait for a batch, now and until it is opened again. */
    void close() {
        set(false);
    }

    private void set(boolean nowOpen) {
        lock.lock();
        try {
            open = nowOpen;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Never waits, and takes it also when closed: it has fired.
     *
     * @return how many triggers were taken: all but those for Quartz that are on their way already
     */
    int add(FiringBatch batch) {
        lock.lock();
        try {
            FiringBatch taken = batch.leaving(
                    batch.others().stream().filter(leftToQuartz::add).toList());
            if (taken.size() > 0) {
                waiting.add(taken);
                changed.signalAll();
            }
            return taken.size();
        } finally {
            lock.unlock();
        }
    }

    /** Quartz has had its turn with them: those that are still due may come again. */
    void arrived(Collection<TriggerKey> others) {
        lock.lock();
        try {
            others.forEach(leftToQuartz::remove);
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the next one; null when it is closed. */
    @Nullable
    FiringBatch next() {
        lock.lock();
        try {
            while (open && waiting.isEmpty()) {
                changed.await();
            }
            return open ? waiting.remove() : null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } finally {
            lock.unlock();
        }
    }
}
