package avatarmonitor.schedule;

import avatarmonitor.store.Database;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.quartz.SchedulerException;
import org.quartz.impl.jdbcjobstore.DriverDelegate;
import org.quartz.spi.OperableTrigger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The job store of PostgreSQL: triggers of checks are fired in batches, without the lock of the cluster, and their firings are deleted in
 * batches, on the same genuine tables and in the same states as Quartz uses. Every other group of triggers is fired by Quartz itself.
 *
 * <p>Between that step and the moment in which its job runs, a trigger already stands at its next time, with a firing in state EXECUTING: if
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
    private final WorkerPool workers;
    private final EndedFirings ended;
    private volatile @Nullable DataSource pool;
    private @Nullable JobStarter jobs;

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
        return new IndexedDelegate(false);
    }

    @Override
    void startJobsBy(JobStarter starter) {
        jobs = starter;
    }

    @Override
    public void schedulerStarted() throws SchedulerException {
        pool = database.planFixedPool("avatar-monitor-firing", CONNECTIONS);
        super.schedulerStarted();
        threads().execute(new Thread(ended::run, getInstanceId() + "-ended-firings"));
        turns.open();
        JobStarter starter = Objects.requireNonNull(jobs, "not wired");
        for (int number = 1; number <= FIRING_THREADS; number++) {
            Runnable loop = new FiringLoop(new Access(), BATCH_MAX, turns, workers, starter);
            threads().execute(new Thread(loop, getInstanceId() + "-firing-" + number));
        }
    }

    @Override
    public void schedulerPaused() {
        turns.close();
        super.schedulerPaused();
    }

    @Override
    public void schedulerResumed() {
        super.schedulerResumed();
        turns.open();
    }

    @Override
    protected void signalSchedulingChangeImmediately(long candidateNewNextFireTime) {
        super.signalSchedulingChangeImmediately(candidateNewNextFireTime);
        turns.wake();
    }

    @Override
    void stopRetrying() {
        turns.end();
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
    }
}
