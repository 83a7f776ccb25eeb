package avatarmonitor.schedule;

import avatarmonitor.check.MonitoringStore;
import avatarmonitor.event.EventType;
import avatarmonitor.event.EventWriter;
import avatarmonitor.reconcile.ScheduleFault;
import avatarmonitor.schedule.quartz.QuartzNode;
import avatarmonitor.store.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quartz.SchedulerException;
import org.quartz.TriggerKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Repairs schedule faults: each under the cluster lock, after checking it again, and with its event in the same
 * transaction where Quartz's own steps allow it.
 */
final class ScheduleRepair {
    private static final Logger log = LoggerFactory.getLogger(ScheduleRepair.class);

    private final Database database;
    private final EventWriter events;
    private final QuartzNode node;
    private final ReconcileTriggers reconcileTriggers;

    ScheduleRepair(Database database, EventWriter events, QuartzNode node, ReconcileTriggers reconcileTriggers) {
        this.database = database;
        this.events = events;
        this.node = node;
        this.reconcileTriggers = reconcileTriggers;
    }

    private static TriggerKey key(ScheduleFault fault) {
        String[] groupAndName = fault.subject().split("/", 2);
        return new TriggerKey(groupAndName[1], groupAndName[0]);
    }

    /** Repairs one fault; returns false when it no longer exists, or another worker was faster. */
    boolean repair(ScheduleFault fault, Instant now) throws SchedulerException {
        return switch (fault.kind()) {
            case ERROR, HALF, FINISHED, ORPHANED, TIMELESS, EXPIRED -> remove(fault, now);
            case FUTURE -> fault.subject().contains("/") ? remove(fault, now) : future(fault, now);
            case OVERDUE ->
                node.stored()
                        .underTriggerLock(connection -> new ScheduleTables(connection).makeDue(key(fault), now)
                                && repaired(connection, fault, now));
            case PAUSED -> resume(fault, now);
            case MISSING -> restore(fault, now);
            case GONE_WORKER -> node.stored().underWorkerLock(connection -> recoverGone(connection, fault, now));
            case LOST ->
                throw new IllegalStateException("a lost trigger is replaced when monitoring starts again: " + fault);
        };
    }

    /**
     * Releases the firings of a worker that is not registered; returns false when it is registered by now or has none.
     */
    private boolean recoverGone(Connection connection, ScheduleFault fault, Instant now) throws SQLException {
        String worker = fault.subject();
        return !new ScheduleTables(connection).knows(worker)
                && node.stored().releaseFirings(connection, worker) > 0
                && repaired(connection, fault, now);
    }

    private boolean remove(ScheduleFault fault, Instant now) throws SchedulerException {
        TriggerKey key = key(fault);
        boolean removed = node.stored().underTriggerLock(connection -> {
            Map<TriggerKey, TriggerHealth> health = TriggerHealth.of(connection, List.of(key));
            TriggerHealth found = health.get(key);
            if (found == null || !found.broken()) {
                return false;
            }
            node.stored().delete(connection, key);
            return repaired(connection, ScheduleFaults.of(found), now);
        });
        if (removed && key.getGroup().equals(ReconcileTriggers.GROUP)) {
            reconcileTriggers.ensure(now);
            if (!key.equals(ReconcileTriggers.HOURLY)) {
                // The trigger was for a run that did not happen.
                reconcileTriggers.armRetry(now);
            }
        }
        return removed;
    }

    private boolean resume(ScheduleFault fault, Instant now) throws SchedulerException {
        String group = fault.subject();
        boolean any = node.stored().underTriggerLock(connection -> {
            ScheduleTables tables = new ScheduleTables(connection);
            boolean groupWasPaused = tables.unpause(group);
            boolean triggersWerePaused = tables.resume(group) > 0;
            return (groupWasPaused || triggersWerePaused) && repaired(connection, fault, now);
        });
        int batch;
        do {
            batch = node.stored().underTriggerLock(connection -> new ScheduleTables(connection).resume(group));
        } while (batch == ScheduleTables.BATCH);
        return any;
    }

    private boolean future(ScheduleFault fault, Instant now) {
        return database.inTransaction(
                connection -> FutureTimes.repair(connection, fault.subject()) && repaired(connection, fault, now));
    }

    private boolean restore(ScheduleFault fault, Instant now) throws SchedulerException {
        node.scheduler().addJob(AvatarTriggers.job(), true, true);
        reconcileTriggers.ensure(now);
        return database.inTransaction(connection -> repaired(connection, fault, now));
    }

    /** Writes the event, with the monitored request id, in the transaction of the repair. */
    private boolean repaired(Connection connection, ScheduleFault fault, Instant now) throws SQLException {
        return repaired(connection, fault, MonitoringStore.requestOf(connection, fault.avatar()), now);
    }

    /** Like {@link #repaired(Connection, ScheduleFault, Instant)} for a given request id. */
    boolean repaired(Connection connection, ScheduleFault fault, @Nullable String request, Instant now)
            throws SQLException {
        events.append(connection, now, fault.avatar(), request, EventType.REPAIRED, fault.detail());
        log.warn("repaired kind={} subject={} problem={}", fault.kind().word(), fault.subject(), fault.problem());
        return true;
    }
}
