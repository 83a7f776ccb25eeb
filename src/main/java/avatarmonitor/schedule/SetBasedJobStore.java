package avatarmonitor.schedule;

import avatarmonitor.store.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.JobPersistenceException;
import org.quartz.SchedulerException;
import org.quartz.TriggerKey;
import org.quartz.impl.jdbcjobstore.DriverDelegate;
import org.quartz.impl.triggers.SimpleTriggerImpl;
import org.quartz.spi.OperableTrigger;
import org.quartz.spi.TriggerFiredBundle;
import org.quartz.spi.TriggerFiredResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The job store of PostgreSQL: due triggers are taken and fired in one step for a whole batch, without the lock of the cluster, and
 * their firings are forgotten in batches, on the same genuine tables and in the same states as Quartz uses. A trigger that is not
 * the plain case (see {@link PlainJobs}) goes Quartz's own way.
 *
 * <p>Between the step and the moment in which its job runs, a trigger already stands at its next time, with a firing in state EXECUTING: if
 * this worker stops or dies then, what takes over its firings makes the trigger due at once.
 */
final class SetBasedJobStore extends BulkJobStore {
    /** Threads that fire: while one writes a batch the other looks for the next one. More would only wait for the database. */
    private static final int FIRING_THREADS = 2;

    /** Connections beside the pool of the worker: one for each thread that fires, one for the thread that forgets firings. */
    private static final int CONNECTIONS = FIRING_THREADS + 1;

    /** Triggers that fire in one transaction. */
    static final int BATCH_MAX = 1000;

    /** Jobs that may have been fired ahead of those that can run, see {@link WorkerPool}. */
    static final int AHEAD_MAX = 4 * BATCH_MAX;

    private static final Logger LOG = LoggerFactory.getLogger(SetBasedJobStore.class);

    private final Database database;
    private final FiringTurns turns = new FiringTurns();
    private final FiredBatches fired = new FiredBatches();
    private final WorkerPool workers;
    private final EndedFirings ended;
    private volatile @Nullable DataSource pool;
    private volatile Consumer<List<TriggerKey>> beforeFiring = keys -> {};

    /** The jobs of what has fired and is about to be handed over; of the scheduler's thread, as what is below. */
    private final Map<String, JobDetail> taken = new HashMap<>();

    private List<TriggerKey> leftToQuartz = List.of();

    SetBasedJobStore(
            Database database,
            String instanceId,
            Duration checkInInterval,
            ClusterEvents events,
            InstantSource clock,
            Death death,
            WorkerPool workers) {
        super(database, instanceId, checkInInterval, events, clock, death);
        this.database = database;
        this.workers = workers;
        ended = new EndedFirings(rows -> inTransaction(connection -> {
            FiredRow.delete(connection, rows);
            return true;
        }));
    }

    @Override
    DriverDelegate newDelegate() {
        return new IndexedDelegate() {
            @Override
            public List<TriggerKey> selectTriggerToAcquire(
                    Connection connection, long noLaterThan, long noEarlierThan, int maxCount) {
                return leftToQuartz;
            }
        };
    }

    @Override
    public void schedulerStarted() throws SchedulerException {
        pool = database.planFixedPool("avatar-monitor-firing", CONNECTIONS);
        super.schedulerStarted();
        threads().execute(new Thread(ended::run, getInstanceId() + "-ended-firings"));
        open();
        for (int number = 1; number <= FIRING_THREADS; number++) {
            Runnable loop = new FiringLoop(new Access(), BATCH_MAX, turns, workers, fired);
            threads().execute(new Thread(loop, getInstanceId() + "-firing-" + number));
        }
    }

    @Override
    public void schedulerPaused() {
        close();
        super.schedulerPaused();
    }

    @Override
    public void schedulerResumed() {
        super.schedulerResumed();
        open();
    }

    private void open() {
        turns.open();
        fired.open();
    }

    private void close() {
        turns.close();
        fired.close();
    }

    @Override
    protected void signalSchedulingChangeImmediately(long candidateNewNextFireTime) {
        super.signalSchedulingChangeImmediately(candidateNewNextFireTime);
        turns.wake();
    }

    @Override
    void stopRetrying() {
        turns.end();
        fired.close();
        super.stopRetrying();
    }

    @Override
    public void shutdown() {
        long began = System.nanoTime();
        if (pool != null && !ended.stop(leaveTimeout().dividedBy(4))) {
            LOG.warn("checks that have ended will be made once more by others count={}", ended.waiting());
        }
        leaveWithin(leaveTimeout().minusNanos(System.nanoTime() - began));
        super.shutdown();
    }

    /** What is returned has fired already: its next time is written. */
    @Override
    public List<OperableTrigger> acquireNextTriggers(long noLaterThan, int maxCount, long timeWindow)
            throws JobPersistenceException {
        while (true) {
            // What was returned before has been handed over, or never will be.
            workers.comes(0);
            FiringBatch batch = fired.next();
            if (batch == null) {
                return List.of();
            }
            List<OperableTrigger> triggers = triggers(batch);
            if (!triggers.isEmpty()) {
                return triggers;
            }
        }
    }

    private List<OperableTrigger> triggers(FiringBatch batch) throws JobPersistenceException {
        workers.comes(batch.size());
        batch.firings().forEach(firing -> taken.put(firing.entry(), batch.job(firing)));
        List<OperableTrigger> triggers = new ArrayList<>(batch.triggers());
        leftToQuartz = batch.others();
        if (!leftToQuartz.isEmpty()) {
            triggers.addAll(takeByQuartz(leftToQuartz.size(), triggers.isEmpty()));
        }
        return triggers;
    }

    private List<OperableTrigger> takeByQuartz(int count, boolean alone) throws JobPersistenceException {
        try {
            return super.acquireNextTriggers(clock().millis(), count, 0);
        } catch (JobPersistenceException e) {
            if (alone) {
                throw e;
            }
            // They are found again; those that have fired are not.
            LOG.warn("triggers could not be acquired, going on without them count={} error={}", count, e.getMessage());
            return List.of();
        } finally {
            fired.arrived(leftToQuartz);
            leftToQuartz = List.of();
        }
    }

    @Override
    void beforeFiring(Consumer<List<TriggerKey>> listener) {
        beforeFiring = listener;
    }

    @Override
    public List<TriggerFiredResult> triggersFired(List<OperableTrigger> triggers) {
        tellBeforeFiring(triggers);
        List<OperableTrigger> others = new ArrayList<>();
        for (OperableTrigger trigger : triggers) {
            if (!taken.containsKey(trigger.getFireInstanceId())) {
                others.add(trigger);
            }
        }
        List<TriggerFiredResult> othersFired = others.isEmpty() ? List.of() : firedByQuartz(others);
        List<TriggerFiredResult> results = new ArrayList<>(triggers.size());
        int next = 0;
        for (OperableTrigger trigger : triggers) {
            JobDetail job = taken.remove(trigger.getFireInstanceId());
            if (job != null) {
                results.add(new TriggerFiredResult(
                        FiringBatch.bundle((SimpleTriggerImpl) trigger, job, clock().instant())));
            } else {
                results.add(
                        next < othersFired.size()
                                ? othersFired.get(next++)
                                : new TriggerFiredResult((TriggerFiredBundle) null));
            }
        }
        return results;
    }

    /** Whatever it throws, the triggers have fired already. */
    private void tellBeforeFiring(List<OperableTrigger> triggers) {
        try {
            beforeFiring.accept(triggers.stream().map(OperableTrigger::getKey).toList());
        } catch (RuntimeException e) {
            LOG.error("listener failed by a defect of this program", e);
        }
    }

    /** Failing, it must not take those with it that have fired already. */
    private List<TriggerFiredResult> firedByQuartz(List<OperableTrigger> triggers) {
        try {
            return super.triggersFired(triggers);
        } catch (JobPersistenceException e) {
            LOG.warn(
                    "triggers could not be fired, they are tried again count={} error={}",
                    triggers.size(),
                    e.getMessage());
            return triggers.stream().map(trigger -> new TriggerFiredResult(e)).toList();
        }
    }

    /** What has fired already is made due again: the scheduler lets it go when the clock was set back. */
    @Override
    public void releaseAcquiredTrigger(OperableTrigger trigger) {
        if (taken.remove(trigger.getFireInstanceId()) == null) {
            super.releaseAcquiredTrigger(trigger);
        } else {
            giveBackFired(trigger);
        }
    }

    @Override
    void completeOwnRow(OperableTrigger trigger) {
        ended.add(FiredRow.of(trigger));
    }

    private <T> T inTransaction(Database.Work<T> work) throws SQLException {
        return inTransaction(Objects.requireNonNull(pool, "not started"), work);
    }

    private final class Access implements FiringLoop.Store {
        @Override
        public <T> T inTransaction(Database.Work<T> work) throws SQLException {
            return SetBasedJobStore.this.inTransaction(work);
        }

        @Override
        public InstantSource clock() {
            return SetBasedJobStore.this.clock();
        }

        @Override
        public String worker() {
            return getInstanceId();
        }

        @Override
        public String newEntry() {
            return getFiredTriggerRecordId();
        }

        @Override
        public long misfireTime() {
            return getMisfireTime();
        }

        @Override
        public @Nullable JobDetail job(Connection connection, JobKey key) throws JobPersistenceException {
            return retrieveJob(connection, key);
        }
    }
}
