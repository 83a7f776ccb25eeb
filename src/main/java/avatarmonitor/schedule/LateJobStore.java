package avatarmonitor.schedule;

import avatarmonitor.store.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quartz.JobPersistenceException;
import org.quartz.SchedulerConfigException;
import org.quartz.SimpleTrigger;
import org.quartz.Trigger;
import org.quartz.TriggerKey;
import org.quartz.impl.triggers.SimpleTriggerImpl;
import org.quartz.spi.ClassLoadHelper;
import org.quartz.spi.OperableTrigger;
import org.quartz.spi.SchedulerSignaler;
import org.quartz.spi.TriggerFiredBundle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of triggers that are late or cannot be read: the former wait for their next slot, many moved in one transaction, the
 * latter are set aside, so that neither holds up those behind it.
 */
abstract class LateJobStore extends ClusterJobStore {
    /** How late a trigger may still fire; beyond that it waits for its next slot, once. Half of the usual interval of checks. */
    static final Duration FIRES_AT_MOST_LATE = Duration.ofSeconds(30);

    /** How often triggers that are later than that are looked for. Nothing fires them before they are found. */
    static final Duration OVERDUE_SCAN_INTERVAL = Duration.ofSeconds(5);

    private static final RecoverMisfiredJobsResult LOOK_AGAIN = new RecoverMisfiredJobsResult(true, 0, Long.MAX_VALUE);

    /** SQLState of a number that is too large to be read as what it is asked for. */
    private static final String OUT_OF_RANGE = "22003";

    private static final Logger LOG = LoggerFactory.getLogger(LateJobStore.class);

    /** A slot that passed while triggers were moved may still be fired, since it is less late than this. */
    private static final Duration SLOTS_FROM_MAX = FIRES_AT_MOST_LATE.dividedBy(2);

    /** What the last check after an outage may take, and the note of it, for all to be done within one interval. */
    private static final Duration CHECK_TAKES = Duration.ofSeconds(2);

    private @Nullable SchedulerSignaler listeners;

    /** From when on several batches of overdue triggers take their slots; of the one thread that does that. */
    private @Nullable Instant began;

    LateJobStore(
            Database database,
            String instanceId,
            Duration checkInInterval,
            ClusterEvents events,
            InstantSource clock,
            Death death) {
        super(database, instanceId, checkInInterval, events, clock, death);
        setMisfireThreshold(OVERDUE_SCAN_INTERVAL.toMillis());
        setMaxMisfiresToHandleAtATime(OverdueTriggers.BATCH);
    }

    @Override
    public void initialize(ClassLoadHelper classes, SchedulerSignaler signaler) throws SchedulerConfigException {
        listeners = signaler;
        super.initialize(classes, signaler);
    }

    /** Whoever was passed over has had its turn now. */
    @Override
    protected @Nullable TriggerFiredBundle triggerFired(Connection connection, OperableTrigger trigger)
            throws JobPersistenceException {
        if (!clockGate().isOpen()) {
            // Its time may not have come: Quartz gives back what did not fire.
            return null;
        }
        if (MovedPriority.isPassedOver(trigger)) {
            trigger.setPriority(Trigger.DEFAULT_PRIORITY);
        }
        return super.triggerFired(connection, trigger);
    }

    @Override
    protected long getMisfireTime() {
        return clock().millis() - FIRES_AT_MOST_LATE.toMillis();
    }

    /** The overdue triggers of the database, to be read and moved in one transaction. */
    OverdueTriggers overdue(Connection connection) {
        return new OverdueTriggers(connection);
    }

    /**
     * All batches that follow each other move triggers to the first slot after the same moment, shortly before the first of them began; a slot
     * that has just passed is due at once. So every avatar has been checked within one interval after an outage, however long the
     * moving takes.
     */
    private Instant beganAt(Instant now) {
        Instant known = began;
        if (known == null || known.isAfter(now) || known.plus(SLOTS_FROM_MAX).isBefore(now)) {
            known = now.minus(CHECK_TAKES);
            began = known;
        }
        return known;
    }

    /** What Quartz does, with another time than now. */
    private static void toNextSlot(SimpleTriggerImpl trigger, Date from) {
        if (trigger.getMisfireInstruction() != SimpleTrigger.MISFIRE_INSTRUCTION_RESCHEDULE_NEXT_WITH_REMAINING_COUNT) {
            trigger.updateAfterMisfire(null);
            return;
        }
        Date next = trigger.getFireTimeAfter(from);
        if (next != null) {
            int missed = trigger.computeNumTimesFiredBetween(trigger.getNextFireTime(), next);
            trigger.setTimesTriggered(trigger.getTimesTriggered() + missed);
        }
        trigger.setNextFireTime(next);
    }

    @Override
    protected RecoverMisfiredJobsResult recoverMisfiredJobs(Connection connection, boolean recovering)
            throws SQLException, JobPersistenceException {
        OverdueTriggers overdue = overdue(connection);
        Instant from = beganAt(clock().instant());
        List<SimpleTriggerRow> batch = overdue.before(getMisfireTime());
        List<SimpleTriggerImpl> moved = new ArrayList<>();
        List<SimpleTriggerImpl> ended = new ArrayList<>();
        List<TriggerKey> broken = new ArrayList<>();
        for (SimpleTriggerRow one : batch) {
            SimpleTriggerImpl trigger = one.simple();
            if (trigger != null) {
                tellMisfired(trigger);
                toNextSlot(trigger, Date.from(from));
                (trigger.getNextFireTime() == null ? ended : moved).add(trigger);
            } else if (one.broken() || !movedByQuartz(connection, one.key())) {
                broken.add(one.key());
            }
        }
        overdue.move(moved);
        overdue.remove(ended);
        overdue.markBroken(broken);
        if (!batch.isEmpty()) {
            LOG.info("overdue triggers moved={} ended={} of={}", moved.size(), ended.size(), batch.size());
        }
        long earliest = moved.stream()
                .mapToLong(trigger -> trigger.getNextFireTime().toInstant().toEpochMilli())
                .min()
                .orElse(Long.MAX_VALUE);
        boolean more = batch.size() == overdue.batch();
        if (!more) {
            began = null;
        }
        if (!clockGate().isOpen()) {
            // Quartz's own arithmetic asks the clock of the machine: nothing of this is committed.
            throw new ClockWrongException();
        }
        return new RecoverMisfiredJobsResult(more, batch.size(), earliest);
    }

    /**
     * Nothing while the clock is wrong. Quartz sleeps until its interval is over by that clock, which may have been set back meanwhile: then it
     * is told that there is more to do, so that it does not.
     */
    @Override
    protected RecoverMisfiredJobsResult doRecoverMisfires() throws JobPersistenceException {
        if (!clockGate().isOpen()) {
            return RecoverMisfiredJobsResult.NO_OP;
        }
        try {
            RecoverMisfiredJobsResult result = super.doRecoverMisfires();
            return clockGate().isOpen() ? result : LOOK_AGAIN;
        } catch (ClockWrongException e) {
            return LOOK_AGAIN;
        }
    }

    private static final class ClockWrongException extends JobPersistenceException {
        private static final long serialVersionUID = 1L;

        ClockWrongException() {
            super("the clock of this machine was set while triggers were moved by it");
        }
    }

    /** Quartz takes triggers ahead of their time; by a clock that may be set before they fire. */
    @Override
    public List<OperableTrigger> acquireNextTriggers(long noLaterThan, int maxCount, long timeWindow)
            throws JobPersistenceException {
        if (!clockGate().isOpen()) {
            return List.of();
        }
        long latest = clock().millis() + SchedulerNode.LOOK_AHEAD.toMillis();
        return super.acquireNextTriggers(Math.min(noLaterThan, latest), maxCount, timeWindow);
    }

    private boolean movedByQuartz(Connection connection, TriggerKey key) throws SQLException {
        try {
            updateMisfiredTrigger(connection, key, STATE_WAITING, false);
            return true;
        } catch (JobPersistenceException e) {
            throwIfDatabaseFailed(e);
            LOG.warn("overdue trigger cannot be read trigger={}", key, e);
            return false;
        }
    }

    /** One that cannot be read is set aside: Quartz would look for due triggers no further, and again and again. */
    @Override
    protected @Nullable OperableTrigger retrieveTrigger(Connection connection, TriggerKey key)
            throws JobPersistenceException {
        try {
            return super.retrieveTrigger(connection, key);
        } catch (JobPersistenceException e) {
            try {
                throwIfDatabaseFailed(e);
                overdue(connection).markBroken(List.of(key));
            } catch (SQLException failed) {
                throw e;
            }
            LOG.debug("trigger cannot be read trigger={}", key, e);
            return null;
        }
    }

    /**
     * On PostgreSQL the transaction is lost then, so there is nothing to go on with; but not by a number that Quartz cannot hold, which only
     * the driver refuses.
     */
    static void throwIfDatabaseFailed(JobPersistenceException e) throws SQLException {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException failed && !OUT_OF_RANGE.equals(failed.getSQLState())) {
                throw failed;
            }
        }
    }

    private void tellMisfired(SimpleTriggerImpl trigger) {
        if (listeners != null) {
            listeners.notifyTriggerListenersMisfired(trigger);
        }
    }
}
