package avatarmonitor.schedule;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;

/**
 * The one door through which a job store reaches the database. Once it is shut nobody gets through any more, so that nothing
 * of a stopped scheduler writes after {@link #shut} returned, and its threads may then be interrupted: an interrupt that
 * meets a thread inside H2 closes the database file for everybody.
 */
final class ConnectionGate {
    private final DataSource pool;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition returned = lock.newCondition();
    private int lent;
    private boolean shut;

    ConnectionGate(DataSource pool) {
        this.pool = pool;
    }

    /** A connection in a transaction. Whoever gets one closes it and then calls {@link #giveBack()} exactly once. */
    Connection lend() throws SQLException {
        return lend(pool);
    }

    /** As {@link #lend()}, from another pool. */
    Connection lend(DataSource other) throws SQLException {
        enter();
        try {
            return open(other);
        } catch (SQLException | RuntimeException e) {
            giveBack();
            throw e;
        }
    }

    void giveBack() {
        lock.lock();
        try {
            lent--;
            returned.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Lets nobody through from now on, and waits at most this long for those who are inside.
     *
     * @return whether all have left
     */
    boolean shut(Duration patience) {
        lock.lock();
        try {
            shut = true;
            long nanosLeft = patience.toNanos();
            while (lent > 0 && nanosLeft > 0) {
                nanosLeft = returned.awaitNanos(nanosLeft);
            }
            return lent == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void enter() throws SQLException {
        lock.lock();
        try {
            refuseWhenShut();
            lent++;
        } finally {
            lock.unlock();
        }
    }

    private Connection open(DataSource from) throws SQLException {
        Connection connection = from.getConnection();
        try {
            // The pool may have kept us waiting while the gate was shut.
            refuseWhenShut();
            connection.setAutoCommit(false);
            return connection;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private void refuseWhenShut() throws SQLException {
        lock.lock();
        try {
            if (shut) {
                throw new SQLNonTransientConnectionException("the scheduler has stopped");
            }
        } finally {
            lock.unlock();
        }
    }
}
