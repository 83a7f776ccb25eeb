package avatarmonitor.schedule;

import avatarmonitor.store.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.quartz.JobPersistenceException;
import org.quartz.SchedulerException;
import org.quartz.spi.OperableTrigger;
import org.quartz.spi.TriggerFiredResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Quartz's clustered job store, made to end. Its retries stop when told, and leaving the cluster gives back all that this worker
 * holds: Quartz's own leaves its acquired triggers and its check-in behind until a peer takes it for dead, and waits for
 * ever for a database that is down.
 */
abstract class StoppableJobStore extends GatedJobStore {
    /** The pause between two attempts while the database cannot be reached. */
    static final Duration RETRY_INTERVAL = Duration.ofSeconds(2);

    /** Every so many failed attempts one is logged. */
    private static final int LOGGED_ATTEMPTS = 15;

    private static final Duration THREAD_END_TIMEOUT = Duration.ofMillis(500);

    private static final Logger LOG = LoggerFactory.getLogger(StoppableJobStore.class);

    private final ServiceThreads threads;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile Duration leaveTimeout = Duration.ofSeconds(4);
    private volatile boolean joined;
    private volatile boolean left;

    StoppableJobStore(DataSource pool, String instanceId, Death death) {
        super(pool, instanceId);
        this.threads = new ServiceThreads(death);
        setThreadExecutor(threads);
        setDbRetryInterval(RETRY_INTERVAL.toMillis());
    }

    /** Where all threads of this scheduler that reach the database besides the jobs have to run. */
    ServiceThreads threads() {
        return threads;
    }

    @Override
    public void schedulerStarted() throws SchedulerException {
        joined = true;
        super.schedulerStarted();
    }

    /** Makes every job that waits for the database to come back give up. The rows it holds are left to {@link #shutdown}. */
    void stopRetrying() {
        stopping.countDown();
    }

    /** How long {@link #shutdown} may take. */
    final Duration leaveTimeout() {
        return leaveTimeout;
    }

    /** Sets how long {@link #shutdown} may take. */
    void leaveWithin(Duration timeout) {
        leaveTimeout = timeout;
    }

    /** Ends at once and leaves this worker's rows as they are: they may belong to another one. What is under way may still commit. */
    final void disown() {
        joined = false;
        stopRetrying();
        gate().shut(Duration.ZERO);
    }

    /** Leaves the cluster within the set time, whatever the state of the database. Nothing of this store writes afterwards. */
    @Override
    public void shutdown() {
        long deadline = System.nanoTime() + leaveTimeout.toNanos();
        stopRetrying();
        super.shutdown();
        if (gate().shut(leaveTimeout.dividedBy(2))) {
            threads.end(THREAD_END_TIMEOUT);
        }
        left = left || !joined || releaseOwn(Duration.ofNanos(deadline - System.nanoTime()));
    }

    /** Whether {@link #shutdown} left the cluster nothing of this worker; there was nothing when it never joined. */
    final boolean left() {
        return left;
    }

    /**
     * Gives everything this worker holds back to the others, and takes it off the list of workers: what a peer would do
     * for a dead one, done at once. Harmless when there is nothing; waits at most this long.
     *
     * @return whether it was done in time
     */
    boolean releaseOwn(Duration patience) {
        FutureTask<Integer> release = new FutureTask<>(this::releaseInTransaction);
        Thread thread = new Thread(release, getInstanceId() + "-leaves");
        thread.setDaemon(true);
        thread.start();
        try {
            int firings = release.get(Math.max(1, patience.toMillis()), TimeUnit.MILLISECONDS);
            LOG.info("left the cluster instance={} released={}", getInstanceId(), firings);
            return true;
        } catch (TimeoutException | ExecutionException e) {
            LOG.warn("could not leave the cluster in order, others will notice instance={}", getInstanceId(), e);
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private int releaseInTransaction() throws SQLException, JobPersistenceException {
        try (Connection connection = pool().getConnection()) {
            connection.setAutoCommit(false);
            try {
                // In the order in which peers take them.
                getLockHandler().obtainLock(connection, LOCK_STATE_ACCESS);
                int firings = freeFirings(connection, getInstanceId());
                getDelegate().deleteSchedulerState(connection, getInstanceId());
                connection.commit();
                return firings;
            } catch (SQLException | JobPersistenceException | RuntimeException e) {
                connection.rollback();
                throw e;
            } finally {
                releaseLock(LOCK_STATE_ACCESS, true);
            }
        }
    }

    @Override
    public List<OperableTrigger> acquireNextTriggers(long noLaterThan, int maxCount, long timeWindow)
            throws JobPersistenceException {
        return unlessStopped(() -> super.acquireNextTriggers(noLaterThan, maxCount, timeWindow), List.of());
    }

    @Override
    public List<TriggerFiredResult> triggersFired(List<OperableTrigger> triggers) throws JobPersistenceException {
        return unlessStopped(() -> super.triggersFired(triggers), List.of());
    }

    @Override
    protected RecoverMisfiredJobsResult doRecoverMisfires() throws JobPersistenceException {
        return unlessStopped(super::doRecoverMisfires, RecoverMisfiredJobsResult.NO_OP);
    }

    interface Step<T> {
        T run() throws JobPersistenceException;
    }

    /** That the gate is shut is no failure of the database for a step that came a moment late. */
    final <T> T unlessStopped(Step<T> step, T nothing) throws JobPersistenceException {
        try {
            return step.run();
        } catch (JobPersistenceException e) {
            if (stops()) {
                LOG.debug("step left out because the scheduler stops", e);
                return nothing;
            }
            throw e;
        }
    }

    /** As {@link #retryExecuteInNonManagedTXLock}; what a stop leaves undone is done by {@link #shutdown}. */
    final void untilStopped(@Nullable String lock, TransactionCallback<Boolean> work) {
        try {
            retryExecuteInNonManagedTXLock(lock, work);
        } catch (StoppedException e) {
            LOG.debug("left to the end of the worker", e);
        }
    }

    @Override
    protected <T> T retryExecuteInNonManagedTXLock(@Nullable String lock, TransactionCallback<T> work) {
        int attempts = 0;
        do {
            try {
                return executeInNonManagedTXLock(lock, work, null);
            } catch (JobPersistenceException e) {
                if (attempts++ % LOGGED_ATTEMPTS == 0 && !stops()) {
                    LOG.atLevel(StoreException.logLevel(e))
                            .log("database failed, going on trying attempts={} error={}", attempts, e.getMessage());
                }
            }
        } while (!stopsWithin(RETRY_INTERVAL));
        throw new StoppedException();
    }

    /** Whether this store has stopped or is about to. */
    final boolean stops() {
        return stopping.getCount() == 0;
    }

    private boolean stopsWithin(Duration patience) {
        try {
            return stopping.await(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
