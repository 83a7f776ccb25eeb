package avatarmonitor.schedule;

import avatarmonitor.store.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.quartz.JobPersistenceException;
import org.quartz.SchedulerConfigException;
import org.quartz.impl.jdbcjobstore.DriverDelegate;
import org.quartz.impl.jdbcjobstore.JobStoreSupport;
import org.quartz.impl.jdbcjobstore.NoSuchDelegateException;
import org.quartz.impl.jdbcjobstore.SchedulerStateRecord;
import org.quartz.spi.ClassLoadHelper;
import org.quartz.spi.SchedulerSignaler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Quartz's JDBC job store on our own pool: all its connections come through one gate, its SQL is the one that our indexes serve, and what a worker
 * left behind can be given back to all.
 */
abstract class GatedJobStore extends JobStoreSupport {
    private static final Logger LOG = LoggerFactory.getLogger(GatedJobStore.class);

    private final DataSource pool;
    private final ConnectionGate gate;
    private @Nullable DriverDelegate delegate;

    GatedJobStore(DataSource pool, String instanceId) {
        this.pool = pool;
        this.gate = new ConnectionGate(pool);
        setDataSource(NoDataSource.register());
        setInstanceName(SchedulerNode.NAME);
        setInstanceId(instanceId);
    }

    /** Past the gate; for what has to be written after it was shut. */
    DataSource pool() {
        return pool;
    }

    ConnectionGate gate() {
        return gate;
    }

    @Override
    public void initialize(ClassLoadHelper classes, SchedulerSignaler signaler) throws SchedulerConfigException {
        DriverDelegate indexed = newDelegate();
        try {
            indexed.initialize(
                    LOG, getTablePrefix(), getInstanceName(), getInstanceId(), classes, canUseProperties(), "");
        } catch (NoSuchDelegateException e) {
            throw new SchedulerConfigException("the delegate cannot be used", e);
        }
        delegate = indexed;
        super.initialize(classes, signaler);
    }

    /** Quartz's SQL as this store uses it. */
    DriverDelegate newDelegate() {
        return new IndexedDelegate(true);
    }

    @Override
    protected DriverDelegate getDelegate() {
        if (delegate == null) {
            throw new IllegalStateException("job store is not initialized");
        }
        return delegate;
    }

    @Override
    protected Connection getNonManagedTXConnection() throws JobPersistenceException {
        try {
            return gate.lend();
        } catch (SQLException e) {
            throw new JobPersistenceException("no connection to the database: " + e.getMessage(), e);
        }
    }

    @Override
    protected <T> T executeInLock(@Nullable String lock, TransactionCallback<T> work) throws JobPersistenceException {
        return executeInNonManagedTXLock(lock, work, null);
    }

    @Override
    protected void cleanupConnection(@Nullable Connection connection) {
        if (connection != null) {
            closeConnection(connection);
            gate.giveBack();
        }
    }

    /** A connection that broke cannot be rolled back either; what broke it is told by whoever tried. */
    @Override
    protected void rollbackConnection(@Nullable Connection connection) {
        if (connection != null) {
            try {
                connection.rollback();
            } catch (SQLException e) {
                LOG.debug("transaction ended with its connection", e);
            }
        }
    }

    /** Runs a change of triggers in a transaction that holds the lock of the cluster. */
    <T> T underLock(Database.Work<T> work) throws JobPersistenceException {
        return underLock(LOCK_TRIGGER_ACCESS, work);
    }

    /** As {@link #underLock(Database.Work)}, with another lock. */
    final <T> T underLock(String lock, Database.Work<T> work) throws JobPersistenceException {
        return executeInNonManagedTXLock(
                lock,
                connection -> {
                    try {
                        return work.on(connection);
                    } catch (SQLException e) {
                        throw new JobPersistenceException("the schedule could not be changed: " + e.getMessage(), e);
                    }
                },
                null);
    }

    /** A piece of work in a transaction of its own, on a connection of another pool. */
    final <T> T inTransaction(DataSource other, Database.Work<T> work) throws SQLException {
        Connection connection = gate.lend(other);
        try {
            T result = work.on(connection);
            connection.commit();
            return result;
        } catch (SQLException | RuntimeException e) {
            rollbackConnection(connection);
            throw e;
        } finally {
            cleanupConnection(connection);
        }
    }

    /** Gives the triggers that a worker holds back to all; the caller holds the lock of the list of workers. */
    int freeFirings(Connection connection, String worker) throws SQLException, JobPersistenceException {
        getLockHandler().obtainLock(connection, LOCK_TRIGGER_ACCESS);
        try {
            int firings = getDelegate()
                    .selectInstancesFiredTriggerRecords(connection, worker)
                    .size();
            if (firings > 0) {
                SchedulerStateRecord held = new SchedulerStateRecord();
                held.setSchedulerInstanceId(worker);
                clusterRecover(connection, List.of(held));
            }
            return firings;
        } finally {
            releaseLock(LOCK_TRIGGER_ACCESS, true);
        }
    }
}
