package avatarmonitor.schedule.batch;

import avatarmonitor.store.StoreException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work queue of ended firings, whose rows it deletes in batches shortly afterwards. During a database outage they stay
 * queued; when the queue is full, threads that end a firing block. A crash leaves firings that look unfinished, and
 * their triggers fire once more.
 */
final class FiringAcknowledger {
    /** Maximum of rows deleted by one statement. */
    static final int BATCH = 1000;

    /** Delay of the deletion after the end of a firing, to collect a batch; shorter when a batch is full. */
    static final Duration DELAY = Duration.ofMillis(200);

    private static final Duration RETRY_INTERVAL = Duration.ofSeconds(2);

    /** Capacity of the queue; when it is full, {@link #add} blocks. */
    static final int WAITING_MAX = 20_000;

    private static final Logger LOG = LoggerFactory.getLogger(FiringAcknowledger.class);

    private final Deletion deletion;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<FiredRow> waiting = new ArrayDeque<>();
    private boolean stopping;
    private boolean done;

    interface Deletion {
        void delete(List<FiredRow> rows) throws SQLException;
    }

    FiringAcknowledger(Deletion deletion) {
        this.deletion = deletion;
    }

    /** Queues a firing for deletion. */
    void add(FiredRow row) {
        lock.lock();
        try {
            while (waiting.size() >= WAITING_MAX && !stopping) {
                changed.awaitUninterruptibly();
            }
            waiting.add(row);
            if (waiting.size() == 1 || waiting.size() >= BATCH) {
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Loop of the deleting thread; ends after {@link #stop}, when the queue is empty or the database fails. */
    void run() {
        boolean failed = false;
        while (true) {
            List<FiredRow> batch = next(failed);
            if (batch.isEmpty()) {
                break;
            }
            try {
                deletion.delete(batch);
                failed = false;
                remove(batch.size());
            } catch (SQLException e) {
                if (!failed) {
                    LOG.atLevel(StoreException.logLevel(e))
                            .log(
                                    "ended firings cannot be deleted, going on trying count={} error={}",
                                    batch.size(),
                                    e.getMessage());
                }
                failed = true;
            }
        }
        lock.lock();
        try {
            done = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Returns the oldest rows without removing them; empty when the loop has to end. */
    private List<FiredRow> next(boolean afterFailure) {
        lock.lock();
        try {
            long left = (afterFailure ? RETRY_INTERVAL : DELAY).toNanos();
            while (!stopping && left > 0 && (afterFailure || waiting.size() < BATCH)) {
                if (waiting.isEmpty()) {
                    changed.await();
                } else {
                    left = changed.awaitNanos(left);
                }
            }
            if (stopping && afterFailure) {
                return List.of();
            }
            List<FiredRow> batch = new ArrayList<>(Math.min(BATCH, waiting.size()));
            for (FiredRow row : waiting) {
                if (batch.size() == BATCH) {
                    break;
                }
                batch.add(row);
            }
            return batch;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        } finally {
            lock.unlock();
        }
    }

    private void remove(int count) {
        lock.lock();
        try {
            for (int i = 0; i < count; i++) {
                waiting.remove();
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Deletes queued rows and ends the loop; waits at most this long. Unblocks waiting threads.
     *
     * @return whether the queue is empty
     */
    boolean stop(Duration timeout) {
        lock.lock();
        try {
            stopping = true;
            changed.signalAll();
            long left = timeout.toNanos();
            while (!done && left > 0) {
                left = changed.awaitNanos(left);
            }
            return done && waiting.isEmpty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Length of the queue. */
    int waiting() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }
}
