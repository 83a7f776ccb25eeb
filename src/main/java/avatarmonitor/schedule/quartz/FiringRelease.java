package avatarmonitor.schedule.quartz;

import avatarmonitor.store.sql.Columns;
import avatarmonitor.store.sql.Dialect;
import avatarmonitor.store.sql.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.quartz.JobPersistenceException;
import org.quartz.TriggerKey;
import org.quartz.impl.jdbcjobstore.DriverDelegate;
import org.quartz.impl.jdbcjobstore.SchedulerStateRecord;
import org.quartz.impl.jdbcjobstore.Semaphore;
import org.quartz.spi.OperableTrigger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Releases what a worker holds: its acquired triggers wait again, its checks are due again at once, and the rows of
 * its firings are deleted. For a dead peer, for an unregistered worker, and for this node itself when it leaves.
 */
final class FiringRelease {
    static final String TRIGGERS = "TRIGGER_ACCESS";
    static final String WORKERS = "STATE_ACCESS";

    /**
     * Makes waiting checks due that are not due yet; their next time is that of the database's clock; on
     * PostgreSQL after the wait for the trigger lock: a time before it could be that of a slot which has fired
     * meanwhile.
     */
    private static final String MAKE_DUE = """
            UPDATE qrtz_triggers SET next_fire_time = CAST(floor(EXTRACT(EPOCH FROM %1$s) * 1000) AS bigint)
            WHERE sched_name = 'avatar-monitor' AND trigger_group = 'avatar' AND trigger_state = 'WAITING'
              AND next_fire_time > EXTRACT(EPOCH FROM %1$s) * 1000 AND\s""";

    private static final Logger LOG = LoggerFactory.getLogger(FiringRelease.class);

    private final String instanceId;
    private final DriverDelegate delegate;
    private final ClusterListener listener;
    private final Supplier<Semaphore> locks;
    private final Recovery recovery;

    /** Quartz's recovery of workers, including {@link #beforeRecovery}. */
    interface Recovery {
        void recover(Connection connection, List<SchedulerStateRecord> workers) throws JobPersistenceException;
    }

    FiringRelease(NodeParts node, ClusterListener listener, Supplier<Semaphore> locks, Recovery recovery) {
        this.instanceId = node.instanceId();
        this.delegate = node.delegate();
        this.listener = listener;
        this.locks = locks;
        this.recovery = recovery;
    }

    /**
     * Makes the checks of a dead worker due again at once, since Quartz only cleans up. Reports each lost peer in the
     * same transaction, but not this node itself when it leaves.
     */
    void beforeRecovery(Connection connection, List<SchedulerStateRecord> failed) throws JobPersistenceException {
        for (SchedulerStateRecord worker : failed) {
            boolean unused = StoreConnections.persistence(
                    "checks cannot be taken over", () -> makeDue(connection, worker.getSchedulerInstanceId()));
        }
    }

    private boolean makeDue(Connection connection, String worker) throws SQLException {
        releaseTriggers(connection, worker);
        if (!worker.equals(instanceId)) {
            int firings = firings(connection, worker);
            listener.workerLost(connection, worker, firings);
            LOG.warn("worker lost instance={} firings_taken_over={}", worker, firings);
        }
        return true;
    }

    /**
     * Makes checks due that a worker started and will never finish, before the rows of its firings are deleted: a
     * trigger already has its next time when its check starts, so its avatar would wait for up to twice the interval.
     * Excludes triggers that have fired again since. The new due time cannot repeat a slot: it lies between the
     * abandoned slot and the next one. Call it under Quartz's trigger lock; returns the number of triggers.
     */
    static int releaseTriggers(Connection connection, String instanceId) throws SQLException {
        return Jdbc.update(connection, makeDue(connection) + """
                (trigger_name, prev_fire_time) IN (
                  SELECT trigger_name, sched_time FROM qrtz_fired_triggers
                  WHERE sched_name = 'avatar-monitor' AND trigger_group = 'avatar'
                    AND instance_name = ? AND state = 'EXECUTING')""", instanceId);
    }

    /** Makes waiting checks due; returns how many were not due yet: the others are due, or about to be fired. */
    static int makeDue(Connection connection, List<TriggerKey> keys) throws SQLException {
        Object names = Columns.of("varchar", keys, TriggerKey::getName);
        return Jdbc.update(connection, makeDue(connection) + "trigger_name = ANY(?)", names);
    }

    private static String makeDue(Connection connection) throws SQLException {
        return MAKE_DUE.formatted(Dialect.of(connection).now());
    }

    private int firings(Connection connection, String worker) throws SQLException {
        return delegate.selectInstancesFiredTriggerRecords(connection, worker).size();
    }

    /** Releases what a worker holds; the caller holds the lock of the worker list. Returns the number of firings. */
    int releaseFirings(Connection connection, String worker) throws SQLException, JobPersistenceException {
        locks.get().obtainLock(connection, TRIGGERS);
        try {
            int firings = firings(connection, worker);
            if (firings > 0) {
                SchedulerStateRecord held = new SchedulerStateRecord();
                held.setSchedulerInstanceId(worker);
                recovery.recover(connection, List.of(held));
            }
            return firings;
        } finally {
            locks.get().releaseLock(TRIGGERS);
        }
    }

    /** Releases what this node holds and deletes its check-in; returns the number of firings. */
    int releaseAndUnregister(Connection connection) throws SQLException, JobPersistenceException {
        // Same lock order as in peers.
        locks.get().obtainLock(connection, WORKERS);
        try {
            int firings = releaseFirings(connection, instanceId);
            delegate.deleteSchedulerState(connection, instanceId);
            return firings;
        } finally {
            locks.get().releaseLock(WORKERS);
        }
    }

    /** Deletes the row of one firing. */
    int delete(Connection connection, OperableTrigger trigger) throws JobPersistenceException {
        return StoreConnections.persistence(
                "firing could not be deleted",
                () -> delegate.deleteFiredTrigger(connection, trigger.getFireInstanceId()));
    }

    /** Returns the time of this node's last check-in from the database, in milliseconds; empty when there is no row. */
    OptionalLong ownCheckIn(Connection connection) throws SQLException {
        return delegate.selectSchedulerStateRecords(connection, instanceId).stream()
                .mapToLong(SchedulerStateRecord::getCheckinTimestamp)
                .findFirst();
    }
}
