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
 * Firings that have ended and whose rows are still there: they are deleted many at a time, a moment later. While the database is
 * away they are kept; when too many wait, whoever ends one more waits too. What a crash leaves behind is a firing that never ended, and
 * its trigger fires once more.
 */
final class FiringAcknowledger {
    /** Rows deleted by one statement. */
    static final int BATCH = 1000;

    /** How long a row stays after its firing ended, unless a batch is full before. */
    static final Duration DELAY = Duration.ofMillis(200);

    private static final Duration RETRY_INTERVAL = Duration.ofSeconds(2);

    /** Firings that may wait before those that end have to wait themselves. */
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

    /** Has a firing forgotten soon. */
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

    /** The loop of the one thread that deletes; ends after {@link #stop}, when nothing waits any more or the database fails. */
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

    /** The oldest, without taking them out; none when the loop is to end. */
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
     * Deletes what waits and ends the loop; waits at most this long. Whoever waits for room goes on.
     *
     * @return whether nothing was left
     */
    boolean stop(Duration patience) {
        lock.lock();
        try {
            stopping = true;
            changed.signalAll();
            long left = patience.toNanos();
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

    /** How many wait to be forgotten. */
    int waiting() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }
}
