package avatarmonitor.schedule;

import avatarmonitor.store.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.quartz.JobDetail;
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
    /** Connections beside the pool of the worker: one for the thread that fires, one for the thread that forgets firings. */
    private static final int CONNECTIONS = 2;

    /** SQLState of a transaction that the server ended because of a deadlock: to be tried again. */
    private static final String DEADLOCK = "40P01";

    private static final Logger LOG = LoggerFactory.getLogger(SetBasedJobStore.class);

    /** The one that Quartz goes by. */
    private final InstantSource clock = InstantSource.system();

    private final Database database;
    private final FiringTurns turns = new FiringTurns();
    private final PlainJobs jobs = new PlainJobs();
    private final EndedFirings ended;
    private volatile @Nullable DataSource pool;
    private volatile Consumer<List<TriggerKey>> beforeFiring = keys -> {};

    /** Of the thread that fires, as all below. */
    private final Map<String, JobDetail> taken = new HashMap<>();

    private List<TriggerKey> leftToQuartz = List.of();
    /** What a transaction was to fire that has not told how it ended. */
    private @Nullable FiringBatch unsure;

    SetBasedJobStore(
            Database database, String instanceId, Duration checkInInterval, ClusterEvents events, Death death) {
        super(database, instanceId, checkInInterval, events, death);
        this.database = database;
        ended = new EndedFirings(entries -> inTransaction(connection -> {
            DueTriggers.ended(connection, entries);
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
        turns.open();
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
        turns.close();
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
        while (turns.await()) {
            List<OperableTrigger> batch = new ArrayList<>(unlessStopped(() -> take(maxCount), List.of()));
            List<TriggerKey> others = leftToQuartz;
            if (!others.isEmpty()) {
                batch.addAll(takeByQuartz(others.size(), batch.isEmpty()));
            }
            if (!batch.isEmpty()) {
                return batch;
            }
        }
        return List.of();
    }

    private List<OperableTrigger> takeByQuartz(int count, boolean alone) throws JobPersistenceException {
        try {
            return super.acquireNextTriggers(clock.millis(), count, 0);
        } catch (JobPersistenceException e) {
            if (alone) {
                throw e;
            }
            // They are found again; those that have fired are not.
            LOG.warn("triggers could not be acquired, going on without them count={} error={}", count, e.getMessage());
            return List.of();
        } finally {
            leftToQuartz = List.of();
        }
    }

    private List<OperableTrigger> take(int maxCount) throws JobPersistenceException {
        try {
            if (unsure == null) {
                FiringBatch written = inTransaction(connection -> take(connection, maxCount));
                unsure = null;
                return take(written);
            }
            FiringBatch batch = unsure;
            Set<String> there = inTransaction(connection -> DueTriggers.firing(connection, batch.entries()));
            unsure = null;
            LOG.info(
                    "transaction ended without an answer fired={} of={}",
                    there.size(),
                    batch.firings().size());
            return take(batch.of(there));
        } catch (SQLException e) {
            if (DEADLOCK.equals(e.getSQLState())) {
                LOG.debug("batch tried again after a deadlock", e);
                turns.pauseAfter(0);
                return List.of();
            }
            throw new JobPersistenceException("due triggers could not be fired: " + e.getMessage(), e);
        }
    }

    private List<OperableTrigger> take(FiringBatch batch) {
        batch.firings()
                .forEach(firing -> taken.put(
                        firing.entry(), Objects.requireNonNull(batch.jobs().get(firing.entry()))));
        leftToQuartz = batch.others();
        return batch.triggers();
    }

    private FiringBatch take(Connection connection, int maxCount) throws SQLException {
        DueTriggers triggers = new DueTriggers(connection);
        long now = clock.millis();
        List<DueTriggers.Due> due = triggers.lock(now, getMisfireTime(), maxCount);
        if (due.size() == maxCount) {
            turns.more();
        } else if (due.isEmpty()) {
            turns.pauseUntilDue(triggers.next(now) - now);
        } else {
            turns.pauseAfter(due.size());
        }
        FiringBatch batch = FiringBatch.empty();
        for (DueTriggers.Due one : due) {
            JobDetail job = jobs.find(one, clock.instant(), key -> retrieveJob(connection, key));
            SimpleTriggerImpl trigger = one.row().simple();
            if (job == null || trigger == null) {
                batch.others().add(one.row().key());
                continue;
            }
            String entry = getFiredTriggerRecordId();
            trigger.setFireInstanceId(entry);
            batch.jobs().put(entry, job);
            batch.firings().add(new DueTriggers.Firing(one, trigger, FiringBatch.after(trigger), entry));
        }
        if (!batch.firings().isEmpty()) {
            unsure = batch;
            triggers.fire(batch.firings(), getInstanceId(), now);
        }
        return batch;
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
                results.add(new TriggerFiredResult(bundle((SimpleTriggerImpl) trigger, job)));
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

    private TriggerFiredBundle bundle(SimpleTriggerImpl trigger, JobDetail job) {
        Date before = trigger.getPreviousFireTime();
        FiringBatch.fired(trigger);
        return new TriggerFiredBundle(
                job,
                trigger,
                null,
                false,
                Date.from(clock.instant()),
                trigger.getPreviousFireTime(),
                before,
                trigger.getNextFireTime());
    }

    @Override
    void completeOwnRow(OperableTrigger trigger) {
        ended.add(trigger.getFireInstanceId());
    }

    private <T> T inTransaction(Database.Work<T> work) throws SQLException {
        return inTransaction(Objects.requireNonNull(pool, "not started"), work);
    }
}
