package avatarmonitor.schedule.quartz;

import avatarmonitor.background.GuardedWait;
import avatarmonitor.store.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.quartz.JobPersistenceException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closable connection source: every connection of one node comes from it. Once closed it lends none, so that a stopped
 * scheduler writes nothing after {@link #close} has returned.
 */
public final class StoreConnections {
    private static final Logger LOG = LoggerFactory.getLogger(StoreConnections.class);

    private final DataSource pool;
    private int lent;
    private boolean closed;

    StoreConnections(DataSource pool) {
        this.pool = pool;
    }

    /** One or several statements. */
    interface Call<T> {
        T run() throws SQLException;
    }

    /** Runs a call; converts its failure to Quartz's exception. */
    static <T> T persistence(String failed, Call<T> call) throws JobPersistenceException {
        try {
            return call.run();
        } catch (SQLException e) {
            throw new JobPersistenceException(failed + ": " + e.getMessage(), e);
        }
    }

    /** Lends a connection with a transaction. The caller must call {@link #close(Connection)} exactly once. */
    Connection lend() throws SQLException {
        return lend(pool);
    }

    /** Like {@link #lend()}, from another pool. */
    Connection lend(DataSource other) throws SQLException {
        enter();
        try {
            return open(other);
        } catch (SQLException | RuntimeException e) {
            returned();
            throw e;
        }
    }

    /** Runs work in a transaction on a connection of another pool. */
    public <T> T inTransaction(DataSource other, Database.Work<T> work) throws SQLException {
        Connection connection = lend(other);
        try {
            T result = work.on(connection);
            connection.commit();
            return result;
        } catch (SQLException | RuntimeException e) {
            rollback(connection);
            throw e;
        } finally {
            close(connection);
        }
    }

    /** Closes a lent connection; null when there was none. */
    void close(@Nullable Connection connection) {
        if (connection == null) {
            return;
        }
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.error("connection could not be closed", e);
        } finally {
            returned();
        }
    }

    /** Rolls back; a broken connection cannot, and the caller reports what broke it. */
    static void rollback(@Nullable Connection connection) {
        if (connection != null) {
            try {
                connection.rollback();
            } catch (SQLException e) {
                LOG.debug("transaction ended with its connection", e);
            }
        }
    }

    /** Returns a connection even after {@link #close}, for the transaction that leaves the cluster. */
    Connection afterClose() throws SQLException {
        return pool.getConnection();
    }

    private synchronized void returned() {
        lent--;
        notifyAll();
    }

    /**
     * Lends nothing from now on, and waits at most this long for lent connections.
     *
     * @return whether all were returned
     */
    synchronized boolean close(Duration timeout) {
        closed = true;
        try {
            return GuardedWait.until(this, () -> lent == 0, timeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private synchronized void enter() throws SQLException {
        refuseWhenClosed();
        lent++;
    }

    private Connection open(DataSource from) throws SQLException {
        Connection connection = from.getConnection();
        try {
            // This may have been closed while waiting for the pool.
            refuseWhenClosed();
            connection.setAutoCommit(false);
            return connection;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private synchronized void refuseWhenClosed() throws SQLException {
        if (closed) {
            throw new SQLNonTransientConnectionException("the scheduler has stopped");
        }
    }
}
