package avatarmonitor.schedule;

import avatarmonitor.store.Database;
import avatarmonitor.store.FreshPlan;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.quartz.JobDetail;
import org.quartz.JobPersistenceException;
import org.quartz.TriggerKey;
import org.quartz.impl.triggers.SimpleTriggerImpl;
import org.quartz.spi.OperableTrigger;

/**
 * Stores, moves and removes triggers on PostgreSQL many at a time, each time by one statement that locks the rows it changes: whoever fires
 * them at the same moment does not hold the lock of the cluster.
 */
abstract class BulkJobStore extends MonitoringJobStore {
    /** Triggers stored in one transaction once the statistics are right. */
    private static final int STORE_BATCH_LATER = 1000;

    /** Overdue triggers moved in one transaction. */
    private static final int OVERDUE_BATCH = 5000;

    BulkJobStore(
            Database database,
            String instanceId,
            Duration checkInInterval,
            ClusterEvents events,
            InstantSource clock,
            Death death) {
        super(database, instanceId, checkInInterval, events, clock, death);
    }

    /** Where PostgreSQL knows of hardly any triggers, the first few make its statistics; then many at once cost no more each. */
    @Override
    int batchAt(int done) throws JobPersistenceException {
        boolean empty = done <= STORE_BATCH && executeWithoutLock(BulkJobStore::believedEmpty);
        if (empty && done == 0) {
            return STORE_BATCH;
        }
        if (empty) {
            refreshStatistics();
        }
        return STORE_BATCH_LATER;
    }

    private static boolean believedEmpty(Connection connection) throws JobPersistenceException {
        try {
            return PlainTriggers.known(connection) < STORE_BATCH;
        } catch (SQLException e) {
            throw new JobPersistenceException("statistics cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    void insert(Connection connection, List<OperableTrigger> triggers, String state, JobDetail job)
            throws SQLException, IOException {
        List<SimpleTriggerImpl> plain = new ArrayList<>();
        List<OperableTrigger> others = new ArrayList<>();
        for (OperableTrigger trigger : triggers) {
            if (PlainTriggers.plain(trigger)) {
                plain.add((SimpleTriggerImpl) trigger);
            } else {
                others.add(trigger);
            }
        }
        PlainTriggers.insert(connection, plain, state);
        super.insert(connection, others, state, job);
    }

    @Override
    OverdueTriggers overdue(Connection connection) {
        return new LockedOverdueTriggers(connection, OVERDUE_BATCH);
    }

    @Override
    public boolean removeTrigger(TriggerKey key) throws JobPersistenceException {
        return removeTriggers(List.of(key));
    }

    /** One statement removes those that need nothing else; any other goes Quartz's own way. */
    @Override
    public boolean removeTriggers(List<TriggerKey> keys) throws JobPersistenceException {
        Set<TriggerKey> left = new HashSet<>(keys);
        left.removeAll(executeWithoutLock(connection -> {
            try {
                FreshPlan.byIndex(connection);
                return PlainTriggers.delete(connection, keys);
            } catch (SQLException e) {
                throw new JobPersistenceException("triggers could not be removed: " + e.getMessage(), e);
            }
        }));
        boolean all = true;
        for (TriggerKey key : left) {
            all &= super.removeTrigger(key);
        }
        return all;
    }
}
