package avatarmonitor.schedule;

import avatarmonitor.store.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

    /** Of the thread that fires, as everything below. */
    private final Map<String, JobDetail> taken = new HashMap<>();

    private List<TriggerKey> leftToQuartz = List.of();

    private volatile Consumer<List<TriggerKey>> beforeFiring = keys -> {};

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
        Thread thread = new Thread(ended::run, getInstanceId() + "-ended-firings");
        threads().execute(thread);
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
        turns.close();
        if (pool != null && !ended.stop(leaveTimeout().dividedBy(4))) {
            LOG.warn("checks that have ended will be made once more by others count={}", ended.waiting());
        }
        super.shutdown();
    }

    /** Waits for triggers to become due, and takes them. What is returned has fired already: its next time is written. */
    @Override
    public List<OperableTrigger> acquireNextTriggers(long noLaterThan, int maxCount, long timeWindow)
            throws JobPersistenceException {
        while (turns.await()) {
            List<OperableTrigger> batch = unlessStopped(() -> take(maxCount), List.of());
            if (!leftToQuartz.isEmpty()) {
                batch.addAll(super.acquireNextTriggers(clock.millis(), leftToQuartz.size(), 0));
                leftToQuartz = List.of();
            }
            if (!batch.isEmpty()) {
                return batch;
            }
        }
        return List.of();
    }

    private List<OperableTrigger> take(int maxCount) throws JobPersistenceException {
        try {
            return inTransaction(connection -> take(connection, maxCount));
        } catch (SQLException e) {
            if (DEADLOCK.equals(e.getSQLState())) {
                LOG.debug("batch tried again after a deadlock", e);
                turns.pauseAfter(0);
                return new ArrayList<>();
            }
            throw new JobPersistenceException("due triggers could not be fired: " + e.getMessage(), e);
        }
    }

    private List<OperableTrigger> take(Connection connection, int maxCount) throws SQLException {
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
        List<DueTriggers.Firing> firings = new ArrayList<>(due.size());
        List<TriggerKey> others = new ArrayList<>();
        Map<String, JobDetail> plain = new HashMap<>();
        for (DueTriggers.Due one : due) {
            JobDetail job = plainJob(connection, one);
            SimpleTriggerImpl trigger = one.row().simple();
            if (job == null || trigger == null) {
                others.add(one.row().key());
                continue;
            }
            String entry = getFiredTriggerRecordId();
            trigger.setFireInstanceId(entry);
            plain.put(entry, job);
            firings.add(new DueTriggers.Firing(one, trigger, after(trigger), entry));
        }
        if (!firings.isEmpty()) {
            triggers.fire(firings, getInstanceId(), now);
        }
        taken.putAll(plain);
        leftToQuartz = others;
        List<OperableTrigger> batch = new ArrayList<>(firings.size());
        firings.stream()
                .map(DueTriggers.Firing::before)
                .sorted(Comparator.comparing(SimpleTriggerImpl::getNextFireTime)
                        .thenComparing(SimpleTriggerImpl::getPriority, Comparator.reverseOrder()))
                .forEach(batch::add);
        return batch;
    }

    private @Nullable JobDetail plainJob(Connection connection, DueTriggers.Due due) throws SQLException {
        SimpleTriggerImpl trigger = due.row().simple();
        if (trigger == null || due.hasData() || trigger.getRepeatCount() != SimpleTriggerImpl.REPEAT_INDEFINITELY) {
            return null;
        }
        return jobs.find(trigger.getJobKey(), clock.instant(), key -> retrieveJob(connection, key));
    }

    /** Quartz's own arithmetic, on a copy: the scheduler expects the trigger as it was. */
    private static SimpleTriggerImpl after(SimpleTriggerImpl trigger) {
        SimpleTriggerImpl after = (SimpleTriggerImpl) trigger.clone();
        fired(after);
        return after;
    }

    private static void fired(SimpleTriggerImpl trigger) {
        if (trigger.getPriority() == OverdueTriggers.PASSED_OVER) {
            trigger.setPriority(SimpleTriggerImpl.DEFAULT_PRIORITY);
        }
        trigger.triggered(null);
    }

    @Override
    void beforeFiring(Consumer<List<TriggerKey>> listener) {
        beforeFiring = listener;
    }

    @Override
    public List<TriggerFiredResult> triggersFired(List<OperableTrigger> triggers) {
        beforeFiring.accept(triggers.stream().map(OperableTrigger::getKey).toList());
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
        fired(trigger);
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

    /** A piece of work in a transaction of its own, on a connection whose plans are fixed. */
    private <T> T inTransaction(Database.Work<T> work) throws SQLException {
        Connection connection = gate().lend(Objects.requireNonNull(pool, "not started"));
        try {
            T result = work.on(connection);
            connection.commit();
            return result;
        } catch (SQLException | RuntimeException e) {
            rollbackConnection(connection);
            throw e;
        } finally {
            cleanupConnection(connection);
        }
    }
}
