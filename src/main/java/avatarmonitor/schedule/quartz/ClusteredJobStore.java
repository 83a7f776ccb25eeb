package avatarmonitor.schedule.quartz;

import avatarmonitor.schedule.quartz.thread.StopSignal;
import avatarmonitor.store.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.quartz.JobDetail;
import org.quartz.JobPersistenceException;
import org.quartz.SchedulerException;
import org.quartz.Trigger.CompletedExecutionInstruction;
import org.quartz.TriggerKey;
import org.quartz.impl.jdbcjobstore.DriverDelegate;
import org.quartz.impl.jdbcjobstore.JobStoreSupport;
import org.quartz.impl.jdbcjobstore.SchedulerStateRecord;
import org.quartz.spi.OperableTrigger;
import org.quartz.spi.TriggerFiredBundle;
import org.quartz.spi.TriggerFiredResult;

/**
 * Quartz's clustered JDBC job store with this product's overrides; the only class that extends it. Each override
 * delegates to a part that does not depend on it: connections ({@link StoreConnections}), retries and shutdown ({@link
 * StopSignal}, {@link ClusterExit}), check-ins ({@link Heartbeat}), misfires ({@link MisfireRecovery}), completion of a
 * job ({@link CompletionPolicy}), bulk access to rows ({@link TriggerRows}), and the {@link FiringEngine} for checks.
 * Everything else is Quartz's own, on its {@code QRTZ_} tables and states.
 */
final class ClusteredJobStore extends JobStoreSupport {
    private static final RecoverMisfiredJobsResult MORE_MISFIRES =
            new RecoverMisfiredJobsResult(true, 0, Long.MAX_VALUE);

    final NodeParts node;
    private final FiringEngine firing;
    private final StopSignal stop = new StopSignal();
    final MisfireRecovery misfires;
    private final FiringRelease release;
    final Heartbeat heartbeat;
    final StoredTriggers stored;
    final ClusterExit exit;
    private @Nullable JobStarter jobs;

    /** @param checkInInterval between two check-ins of this node */
    ClusteredJobStore(
            NodeParts node,
            FiringEngine firing,
            Duration checkInInterval,
            ClusterListener listener,
            Runnable duplicate) {
        this.node = node;
        this.firing = firing;
        misfires = new MisfireRecovery(node.rows(), node.clock(), this::tellMisfired, this::moveByQuartz);
        release = new FiringRelease(node, listener, this::getLockHandler, this::clusterRecover);
        stored = new StoredTriggers(this, node, release);
        exit = new ClusterExit(node, stop, firing, release);
        heartbeat = new Heartbeat(node, checkInInterval, stop, away -> stored.recordOutageEnd(listener, away), () -> {
            exit.disown();
            duplicate.run();
        });
        QuartzNode.configure(this, node, checkInInterval);
    }

    /** Call this before the start; {@code starter} starts the jobs of checks that the engine fires. */
    void startJobsBy(JobStarter starter) {
        jobs = starter;
    }

    /** Wakes threads that wait for the time of a trigger, since the clock was set. */
    void wakeScheduler() {
        signalSchedulingChangeImmediately(0);
    }

    // Connections and transactions

    @Override
    protected DriverDelegate getDelegate() {
        return node.delegate();
    }

    @Override
    protected Connection getNonManagedTXConnection() throws JobPersistenceException {
        return StoreConnections.persistence("no connection to the database", node.connections()::lend);
    }

    @Override
    protected <T> T executeInLock(@Nullable String lock, TransactionCallback<T> work) throws JobPersistenceException {
        return executeInNonManagedTXLock(lock, work, null);
    }

    @Override
    protected <T> T retryExecuteInNonManagedTXLock(@Nullable String lock, TransactionCallback<T> work) {
        return stop.retry(() -> executeInNonManagedTXLock(lock, work, null));
    }

    @Override
    protected void cleanupConnection(@Nullable Connection connection) {
        node.connections().close(connection);
    }

    @Override
    protected void rollbackConnection(@Nullable Connection connection) {
        StoreConnections.rollback(connection);
    }

    // Start, pause, stop

    @Override
    public void schedulerStarted() throws SchedulerException {
        exit.join();
        heartbeat.start();
        super.schedulerStarted();
        firing.start(Objects.requireNonNull(jobs, "not wired"));
    }

    @Override
    public void schedulerPaused() {
        firing.pause();
        super.schedulerPaused();
    }

    @Override
    public void schedulerResumed() {
        super.schedulerResumed();
        firing.resume();
    }

    @Override
    protected void signalSchedulingChangeImmediately(long candidateNewNextFireTime) {
        super.signalSchedulingChangeImmediately(candidateNewNextFireTime);
        firing.wake();
    }

    @Override
    public void shutdown() {
        heartbeat.end();
        exit.leave(super::shutdown);
    }

    // Firing by Quartz's scheduler thread

    /**
     * Quartz acquires triggers ahead of their time; limits this to the look-ahead, since the clock may be set before
     * they fire.
     */
    @Override
    public List<OperableTrigger> acquireNextTriggers(long noLaterThan, int maxCount, long timeWindow)
            throws JobPersistenceException {
        long latest = Math.min(noLaterThan, node.clock().millis() + QuartzNode.LOOK_AHEAD.toMillis());
        return node.gate().isOpen()
                ? stop.unlessStopped(() -> super.acquireNextTriggers(latest, maxCount, timeWindow), List.of())
                : List.of();
    }

    @Override
    public List<TriggerFiredResult> triggersFired(List<OperableTrigger> triggers) throws JobPersistenceException {
        return stop.unlessStopped(() -> super.triggersFired(triggers), List.of());
    }

    /**
     * Fires nothing while the clock is wrong, since the trigger's time may not have come: Quartz releases what did not
     * fire.
     */
    @Override
    protected @Nullable TriggerFiredBundle triggerFired(Connection connection, OperableTrigger trigger)
            throws JobPersistenceException {
        return node.gate().isOpen() ? super.triggerFired(connection, MisfirePolicy.firesNow(trigger)) : null;
    }

    @Override
    protected @Nullable OperableTrigger retrieveTrigger(Connection connection, TriggerKey key)
            throws JobPersistenceException {
        return misfires.readOrMarkError(connection, key, () -> super.retrieveTrigger(connection, key));
    }

    @Override
    public void releaseAcquiredTrigger(OperableTrigger trigger) {
        untilStopped(LOCK_TRIGGER_ACCESS, connection -> {
            releaseAcquiredTrigger(connection, trigger);
            return true;
        });
    }

    @Override
    public void triggeredJobComplete(
            OperableTrigger trigger, JobDetail job, CompletedExecutionInstruction instruction) {
        CompletionPolicy.Completion completion = CompletionPolicy.decide(trigger, job, instruction);
        if (completion instanceof CompletionPolicy.Instruct quartz) {
            untilStopped(LOCK_TRIGGER_ACCESS, connection -> {
                triggeredJobComplete(connection, trigger, job, quartz.instruction());
                return true;
            });
        } else if (!firing.acknowledge(trigger)) {
            untilStopped(null, connection -> release.delete(connection, trigger));
        }
    }

    /** Removes checks without dependent rows by one statement; any other trigger by Quartz's own code. */
    @Override
    public boolean removeTrigger(TriggerKey key) throws JobPersistenceException {
        return removeTriggers(List.of(key));
    }

    @Override
    public boolean removeTriggers(List<TriggerKey> keys) throws JobPersistenceException {
        return stored.remove(keys, super::removeTrigger);
    }

    // Misfires

    @Override
    protected long getMisfireTime() {
        return MisfirePolicy.misfiredBefore(node.clock().instant()).toEpochMilli();
    }

    @Override
    protected RecoverMisfiredJobsResult doRecoverMisfires() throws JobPersistenceException {
        return misfires.whileClockIsRight(
                () -> stop.unlessStopped(super::doRecoverMisfires, RecoverMisfiredJobsResult.NO_OP),
                RecoverMisfiredJobsResult.NO_OP,
                MORE_MISFIRES);
    }

    @Override
    protected RecoverMisfiredJobsResult recoverMisfiredJobs(Connection connection, boolean recovering)
            throws SQLException, JobPersistenceException {
        MisfireRecovery.Batch batch = misfires.recover(connection);
        return new RecoverMisfiredJobsResult(batch.more(), batch.count(), batch.earliest());
    }

    private void tellMisfired(OperableTrigger trigger) {
        Objects.requireNonNull(jobs, "not wired").tellMisfired(trigger);
    }

    private void moveByQuartz(Connection connection, TriggerKey key) throws JobPersistenceException {
        updateMisfiredTrigger(connection, key, STATE_WAITING, false);
    }

    // Check-ins and peers

    @Override
    protected boolean doCheckin() throws JobPersistenceException {
        return heartbeat.beat(super::doCheckin, () -> lastCheckin = 0);
    }

    @Override
    protected List<SchedulerStateRecord> clusterCheckIn(Connection connection) throws JobPersistenceException {
        return heartbeat.writeOwnRow(
                StoreConnections.persistence("own check-in not read", () -> release.ownCheckIn(connection)),
                firstCheckIn,
                () -> super.clusterCheckIn(connection),
                () -> lastCheckin);
    }

    /** Quartz compares the result with its own clock; the answer is either always dead or never. */
    @Override
    protected long calcFailedIfAfter(SchedulerStateRecord peer) {
        return heartbeat.isDead(peer) ? Long.MIN_VALUE : Long.MAX_VALUE;
    }

    @Override
    protected void clusterRecover(Connection connection, List<SchedulerStateRecord> failed)
            throws JobPersistenceException {
        release.beforeRecovery(connection, failed);
        super.clusterRecover(connection, failed);
    }

    /** Suppresses Quartz's messages about failed workers while this one only leaves. */
    @Override
    protected void logWarnIfNonZero(int count, String message) {
        if (!stop.isStopped()) {
            super.logWarnIfNonZero(count, message);
        }
    }

    // For StoredTriggers

    <T> T inLock(@Nullable String lock, Database.Work<T> work) throws JobPersistenceException {
        return executeInNonManagedTXLock(
                lock,
                connection ->
                        StoreConnections.persistence("the schedule could not be changed", () -> work.on(connection)),
                null);
    }

    private <T> void untilStopped(@Nullable String lock, TransactionCallback<T> work) {
        stop.retryUntilStopped(() -> executeInNonManagedTXLock(lock, work, null));
    }

    void storeJobIfMissing(Connection connection, JobDetail job) throws JobPersistenceException {
        if (!jobExists(connection, job.getKey())) {
            storeJob(connection, job, false);
        }
    }

    void signalOnCommit(long nextFireTime) {
        signalSchedulingChangeOnTxCompletion(nextFireTime);
    }
}
