package avatarmonitor.schedule.quartz;

import avatarmonitor.store.Database;
import avatarmonitor.store.Dialect;
import avatarmonitor.store.Notifications;
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

/** What the product does to the tables of the schedule and Quartz's interface has no method for. */
public final class StoredTriggers {
    private final ClusteredJobStore store;
    private final NodeParts node;
    private final FiringRelease release;

    /** Removes one trigger as Quartz does. */
    interface Removal {
        boolean remove(TriggerKey key) throws JobPersistenceException;
    }

    StoredTriggers(ClusteredJobStore store, NodeParts node, FiringRelease release) {
        this.store = store;
        this.node = node;
        this.release = release;
    }

    /** Runs a change of triggers in a transaction that holds the lock of the cluster. */
    public <T> T underTriggerLock(Database.Work<T> work) throws JobPersistenceException {
        return store.inLock(FiringRelease.TRIGGERS, work);
    }

    /** Runs a change of the list of workers in a transaction that holds its lock. */
    public <T> T underWorkerLock(Database.Work<T> work) throws JobPersistenceException {
        return store.inLock(FiringRelease.WORKERS, work);
    }

    /** Reads without a lock. */
    public <T> T read(Database.Work<T> work) throws JobPersistenceException {
        return store.inLock(null, work);
    }

    /** How many triggers to store in the next transaction, after this number was stored or found alive. */
    public int insertBatch(int done) throws JobPersistenceException {
        return store.inLock(null, connection -> node.rows().insertBatch(connection, done));
    }

    /**
     * Stores triggers of one group that are not there, and their job when it is missing; under the trigger lock. They are paused where their
     * group is.
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

    /** Deletes both rows of a trigger, whatever they hold; under the trigger lock. */
    public void delete(Connection connection, TriggerKey key) throws SQLException {
        node.delegate().deleteTrigger(connection, key);
    }

    /** Gives back the triggers that a worker holds; under the worker lock. Returns how many firings there were. */
    public int freeFirings(Connection connection, String worker) throws SQLException {
        try {
            return release.free(connection, worker);
        } catch (JobPersistenceException e) {
            throw new SQLException(e);
        }
    }

    /** Makes a check that this worker began due at once; false when it is due anyway, or a worker is about to fire it. */
    public boolean giveBack(TriggerKey key) throws JobPersistenceException {
        return underTriggerLock(connection -> {
            boolean made = AbandonedFirings.giveBack(connection, key);
            if (made) {
                tellDue(connection);
            }
            return made;
        });
    }

    /** Wakes other workers on commit, and this one; a worker that does not hear it sees the trigger with its next look. */
    private void tellDue(Connection connection) throws SQLException {
        if (node.database().dialect() == Dialect.POSTGRESQL) {
            Notifications.send(connection, Notifications.INTERNAL, Notifications.DUE);
        }
    }

    /** Removes triggers: checks that need nothing else to be done by one statement, any other as Quartz does. Returns whether all were there. */
    boolean remove(List<TriggerKey> keys, Removal quartz) throws JobPersistenceException {
        Set<TriggerKey> left = new HashSet<>(keys);
        left.removeAll(store.inLock(null, connection -> node.rows().delete(connection, keys)));
        boolean all = true;
        for (TriggerKey key : left) {
            all &= quartz.remove(key);
        }
        return all;
    }

    void tellBack(ClusterListener listener, Duration away) throws JobPersistenceException {
        boolean unused = store.inLock(null, connection -> {
            listener.databaseBack(connection, away);
            return true;
        });
    }

    /** Whether a worker is on the list of workers with the id of this node. */
    boolean idIsUsed() throws JobPersistenceException {
        return store.inLock(null, release::ownCheckIn).isPresent();
    }
}
