package avatarmonitor.schedule.quartz;

import avatarmonitor.store.Database;
import avatarmonitor.store.Notifications;
import avatarmonitor.store.sql.Dialect;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.quartz.JobDetail;
import org.quartz.JobPersistenceException;
import org.quartz.TriggerKey;
import org.quartz.impl.jdbcjobstore.Constants;
import org.quartz.spi.OperableTrigger;

/** Operations on stored triggers that Quartz's API does not offer. */
public final class StoredTriggers {
    private final ClusteredJobStore store;
    private final NodeParts node;
    private final FiringRelease release;

    /** Removes one trigger by Quartz's own code. */
    interface Removal {
        boolean remove(TriggerKey key) throws JobPersistenceException;
    }

    StoredTriggers(ClusteredJobStore store, NodeParts node, FiringRelease release) {
        this.store = store;
        this.node = node;
        this.release = release;
    }

    /** Runs a change of triggers in a transaction that holds the cluster's trigger lock. */
    public <T> T underTriggerLock(Database.Work<T> work) throws JobPersistenceException {
        return store.inLock(FiringRelease.TRIGGERS, work);
    }

    /** Runs a change of the worker list in a transaction that holds its lock. */
    public <T> T underWorkerLock(Database.Work<T> work) throws JobPersistenceException {
        return store.inLock(FiringRelease.WORKERS, work);
    }

    /** Reads without a lock. */
    public <T> T read(Database.Work<T> work) throws JobPersistenceException {
        return store.inLock(null, work);
    }

    /** Returns how many triggers to store in the next transaction, after this number was stored or found live. */
    public int insertBatch(int done) throws JobPersistenceException {
        return store.inLock(null, connection -> node.rows().insertBatch(connection, done));
    }

    /**
     * Stores missing triggers of one group, and their job when it is missing; call under the trigger lock. They are
     * paused when their group is.
     */
    public void insert(Connection connection, List<OperableTrigger> triggers, JobDetail job) throws SQLException {
        try {
            store.storeJobIfMissing(connection, job);
            if (triggers.isEmpty()) {
                return;
            }
            boolean paused = node.delegate()
                    .isTriggerGroupPaused(connection, triggers.get(0).getKey().getGroup());
            node.rows().insert(connection, triggers, paused ? Constants.STATE_PAUSED : Constants.STATE_WAITING, job);
            triggers.forEach(trigger ->
                    store.signalOnCommit(trigger.getNextFireTime().toInstant().toEpochMilli()));
            long now = node.clock().millis();
            if (triggers.stream()
                    .anyMatch(trigger -> trigger.getNextFireTime().toInstant().toEpochMilli() <= now)) {
                tellDue(connection);
            }
        } catch (IOException | JobPersistenceException e) {
            throw new SQLException("triggers could not be stored: " + e.getMessage(), e);
        }
    }

    /** Deletes both rows of a trigger, whatever they contain; call under the trigger lock. */
    public void delete(Connection connection, TriggerKey key) throws SQLException {
        node.delegate().deleteTrigger(connection, key);
    }

    /** Releases the triggers that a worker holds; call under the worker lock. Returns the number of firings. */
    public int releaseFirings(Connection connection, String worker) throws SQLException {
        try {
            return release.releaseFirings(connection, worker);
        } catch (JobPersistenceException e) {
            throw new SQLException(e);
        }
    }

    /**
     * Makes a check that this worker started due at once; returns false when it is already due, or a worker is about to
     * fire it.
     */
    public boolean makeDueNow(TriggerKey key) throws JobPersistenceException {
        return underTriggerLock(connection -> makeDue(connection, List.of(key)) == 1);
    }

    /**
     * Makes waiting checks due now, and wakes all workers on commit; call under the trigger lock. Returns how many were
     * not due yet.
     */
    public int makeDue(Connection connection, List<TriggerKey> keys) throws SQLException {
        int made = FiringRelease.makeDue(connection, keys);
        if (made > 0) {
            tellDue(connection);
        }
        return made;
    }

    /**
     * Sends a notification that wakes all workers on commit; one that does not receive it finds the trigger with its
     * next search.
     */
    private void tellDue(Connection connection) throws SQLException {
        if (node.database().dialect() == Dialect.POSTGRESQL) {
            Notifications.send(connection, Notifications.INTERNAL, Notifications.DUE);
        }
    }

    /**
     * Removes triggers: checks without dependent rows by one statement, any other by Quartz. Returns whether all
     * existed.
     */
    boolean remove(List<TriggerKey> keys, Removal quartz) throws JobPersistenceException {
        Set<TriggerKey> left = new HashSet<>(keys);
        left.removeAll(store.inLock(null, connection -> node.rows().delete(connection, keys)));
        boolean all = true;
        for (TriggerKey key : left) {
            all &= quartz.remove(key);
        }
        return all;
    }

    void recordOutageEnd(ClusterListener listener, Duration away) throws JobPersistenceException {
        boolean unused = store.inLock(null, connection -> {
            listener.databaseBack(connection, away);
            return true;
        });
    }

    /** Returns whether a worker is registered with the id of this node. */
    boolean idIsUsed() throws JobPersistenceException {
        return store.inLock(null, release::ownCheckIn).isPresent();
    }
}
