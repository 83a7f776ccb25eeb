package avatarmonitor.schedule.batch;

import avatarmonitor.background.GuardedWait;
import avatarmonitor.store.StoreException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
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
    synchronized void add(FiredRow row) {
        GuardedWait.uninterruptibly(this, () -> waiting.size() < WAITING_MAX || stopping);
        waiting.add(row);
        if (waiting.size() == 1 || waiting.size() >= BATCH) {
            notifyAll();
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
                                    "ended firings cannot be deleted, will retry count={} error={}",
                                    batch.size(),
                                    e.getMessage());
                }
                failed = true;
            }
        }
        done();
    }

    private synchronized void done() {
        done = true;
        notifyAll();
    }

    /** Returns the oldest rows without removing them; empty when the loop has to end. */
    private synchronized List<FiredRow> next(boolean afterFailure) {
        try {
            while (waiting.isEmpty() && !stopping) {
                wait();
            }
            boolean unused = GuardedWait.until(
                    this,
                    () -> stopping || (!afterFailure && waiting.size() >= BATCH),
                    afterFailure ? RETRY_INTERVAL : DELAY);
            return stopping && afterFailure
                    ? List.of()
                    : waiting.stream().limit(BATCH).toList();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    private synchronized void remove(int count) {
        for (int i = 0; i < count; i++) {
            waiting.remove();
        }
        notifyAll();
    }

    /**
     * Deletes queued rows and ends the loop; waits at most this long. Unblocks waiting threads.
     *
     * @return whether the queue is empty
     */
    synchronized boolean stop(Duration timeout) {
        stopping = true;
        notifyAll();
        try {
            return GuardedWait.until(this, () -> done, timeout) && waiting.isEmpty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Length of the queue. */
    synchronized int waiting() {
        return waiting.size();
    }
}
