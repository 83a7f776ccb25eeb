package avatarmonitor.schedule;

import avatarmonitor.store.Database;
import avatarmonitor.store.Dialect;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.quartz.JobDetail;
import org.quartz.JobPersistenceException;
import org.quartz.Trigger.CompletedExecutionInstruction;
import org.quartz.TriggerKey;
import org.quartz.spi.OperableTrigger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The job store on genuine {@code QRTZ_} tables, with the ways closed in which Quartz loses a trigger: nothing that happens to one
 * job sets the triggers of all others to ERROR, and nothing is left behind as COMPLETE.
 */
class MonitoringJobStore extends LateJobStore {
    /** Triggers that are stored in one transaction, which holds the lock of the cluster. */
    static final int STORE_BATCH = 200;

    /** Groups of triggers that this product makes; those of any other are left to Quartz. */
    private static final Set<String> OURS = Set.of(AvatarTriggers.GROUP, ReconcileTriggers.GROUP);

    private static final Logger LOG = LoggerFactory.getLogger(MonitoringJobStore.class);

    private final Dialect dialect;

    MonitoringJobStore(
            Database database,
            String instanceId,
            Duration checkInInterval,
            ClusterEvents events,
            InstantSource clock,
            Death death) {
        super(database, instanceId, checkInInterval, events, clock, death);
        dialect = database.dialect();
        setUseProperties("true");
        setAcquireTriggersWithinLock(true);
    }

    /** To be called before the start, with what starts the jobs of triggers that this store fires without Quartz's scheduler thread. */
    void startJobsBy(JobStarter starter) {}

    /**
     * A trigger that was stored.
     *
     * @param remains the broken one whose place it took, or null when there was none
     */
    record Stored(OperableTrigger trigger, @Nullable TriggerHealth remains) {}

    /** Something to be written in the same transaction as triggers. */
    interface Together {
        void write(Connection connection, List<Stored> stored) throws SQLException;
    }

    /**
     * Stores those of the triggers that are not alive in the database, in place of their remains if there are any. Several
     * processes may do this with the same triggers at the same time: each trigger is stored by one of them.
     *
     * @param triggers all of one group
     * @param shared their job, stored too when it is missing
     * @param together called in each transaction that stores something, with what it stores
     * @return what this call stored
     * @throws JobPersistenceException the database failed, or {@code together} did; batches before may have been stored
     */
    List<Stored> storeWhereNotLive(List<OperableTrigger> triggers, JobDetail shared, Together together)
            throws JobPersistenceException {
        Map<TriggerKey, OperableTrigger> distinct = new LinkedHashMap<>();
        for (OperableTrigger trigger : triggers) {
            trigger.setJobKey(shared.getKey());
            if (trigger.computeFirstFireTime(null) == null) {
                throw new IllegalStateException("trigger would never fire: " + trigger);
            }
            distinct.put(trigger.getKey(), trigger);
        }
        List<OperableTrigger> all = List.copyOf(distinct.values());
        List<Stored> stored = new ArrayList<>();
        for (int from = 0; from < all.size(); ) {
            int size = all.size() <= STORE_BATCH ? STORE_BATCH : batchAt(from);
            List<OperableTrigger> batch = all.subList(from, Math.min(all.size(), from + size));
            stored.addAll(executeInNonManagedTXLock(
                    LOCK_TRIGGER_ACCESS, connection -> storeBatch(connection, batch, shared, together), null));
            from += batch.size();
        }
        return stored;
    }

    /** How many to store next, after so many were stored or found alive. */
    int batchAt(int done) throws JobPersistenceException {
        if (done == STORE_BATCH) {
            refreshStatistics();
        }
        return STORE_BATCH;
    }

    /**
     * While PostgreSQL believes that the tables are empty it checks foreign keys by any index, so that each row takes longer to
     * store than the one before. A few milliseconds after the first batch spare that to all others.
     */
    final void refreshStatistics() throws JobPersistenceException {
        if (dialect == Dialect.POSTGRESQL) {
            executeWithoutLock(connection -> {
                try (Statement analyze = connection.createStatement()) {
                    analyze.execute("ANALYZE qrtz_triggers");
                    return analyze.execute("ANALYZE qrtz_simple_triggers");
                } catch (SQLException e) {
                    throw new JobPersistenceException("statistics could not be refreshed: " + e.getMessage(), e);
                }
            });
        }
    }

    private List<Stored> storeBatch(
            Connection connection, List<OperableTrigger> batch, JobDetail shared, Together together)
            throws JobPersistenceException {
        try {
            if (!jobExists(connection, shared.getKey())) {
                storeJob(connection, shared, false);
            }
            String group = batch.get(0).getKey().getGroup();
            Map<TriggerKey, TriggerHealth> present = TriggerHealth.of(
                    connection, batch.stream().map(OperableTrigger::getKey).toList());
            String state = getDelegate().isTriggerGroupPaused(connection, group) ? STATE_PAUSED : STATE_WAITING;
            List<Stored> stored = new ArrayList<>();
            List<OperableTrigger> missing = new ArrayList<>();
            for (OperableTrigger trigger : batch) {
                TriggerHealth remains = present.get(trigger.getKey());
                if (remains != null && !remains.broken()) {
                    continue;
                }
                if (remains != null) {
                    delete(connection, trigger.getKey());
                }
                missing.add(trigger);
                signalSchedulingChangeOnTxCompletion(
                        trigger.getNextFireTime().toInstant().toEpochMilli());
                stored.add(new Stored(trigger, remains));
            }
            if (!stored.isEmpty()) {
                insert(connection, missing, state, shared);
                together.write(connection, stored);
            }
            return stored;
        } catch (SQLException | IOException e) {
            throw new JobPersistenceException("triggers could not be stored: " + e.getMessage(), e);
        }
    }

    /** Stores triggers that are not there. */
    void insert(Connection connection, List<OperableTrigger> triggers, String state, JobDetail job)
            throws SQLException, IOException {
        for (OperableTrigger trigger : triggers) {
            getDelegate().insertTrigger(connection, trigger, state, job);
        }
    }

    /** Removes both rows of a trigger, whatever they hold; only under the lock. */
    void delete(Connection connection, TriggerKey key) throws SQLException {
        getDelegate().deleteTrigger(connection, key);
    }

    /**
     * A job that could not be made or run is tried again at its next time: Quartz would stop every trigger of that job, for all
     * workers and for good. A trigger that is told to end is removed and not left behind as COMPLETE. What concerns
     * only the firing's own row needs no lock.
     */
    @Override
    public void triggeredJobComplete(
            OperableTrigger trigger, JobDetail job, CompletedExecutionInstruction instruction) {
        if (!OURS.contains(trigger.getKey().getGroup())) {
            // An ordinary trigger ends as Quartz has it.
            untilStopped(LOCK_TRIGGER_ACCESS, connection -> {
                triggeredJobComplete(connection, trigger, job, instruction);
                return true;
            });
            return;
        }
        CompletedExecutionInstruction done = switch (instruction) {
            case SET_ALL_JOB_TRIGGERS_ERROR, SET_TRIGGER_ERROR, SET_ALL_JOB_TRIGGERS_COMPLETE -> {
                LOG.warn("job could not run trigger={} instruction={}", trigger.getKey(), instruction);
                yield trigger.mayFireAgain()
                        ? CompletedExecutionInstruction.NOOP
                        : CompletedExecutionInstruction.DELETE_TRIGGER;
            }
            case SET_TRIGGER_COMPLETE -> CompletedExecutionInstruction.DELETE_TRIGGER;
            case NOOP, RE_EXECUTE_JOB, DELETE_TRIGGER -> instruction;
        };
        boolean ownRowOnly = done == CompletedExecutionInstruction.NOOP
                && !job.isConcurrentExecutionDisallowed()
                && !job.isPersistJobDataAfterExecution();
        if (ownRowOnly) {
            completeOwnRow(trigger);
        } else {
            untilStopped(LOCK_TRIGGER_ACCESS, connection -> {
                triggeredJobComplete(connection, trigger, job, done);
                return true;
            });
        }
    }

    /** Forgets a firing that changes nothing about its trigger and its job. */
    void completeOwnRow(OperableTrigger trigger) {
        untilStopped(null, connection -> {
            deleteFiring(connection, trigger.getFireInstanceId());
            return true;
        });
    }

    private void deleteFiring(Connection connection, String entry) throws JobPersistenceException {
        try {
            getDelegate().deleteFiredTrigger(connection, entry);
        } catch (SQLException e) {
            throw new JobPersistenceException("firing could not be forgotten: " + e.getMessage(), e);
        }
    }

    @Override
    public void releaseAcquiredTrigger(OperableTrigger trigger) {
        untilStopped(LOCK_TRIGGER_ACCESS, connection -> {
            releaseAcquiredTrigger(connection, trigger);
            return true;
        });
    }

    /** Leaves a check that this worker began to the others, at once. */
    boolean giveBack(TriggerKey key) throws JobPersistenceException {
        return underLock(connection -> UnfinishedChecks.giveBack(connection, key));
    }
}
