package avatarmonitor.schedule.quartz;

import avatarmonitor.store.ClockGate;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.quartz.JobPersistenceException;
import org.quartz.TriggerKey;
import org.quartz.impl.triggers.SimpleTriggerImpl;
import org.quartz.spi.OperableTrigger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves misfired triggers to their next slot, a batch in each transaction, and sets triggers that cannot be read to ERROR, so that neither holds
 * up those behind it. Checks are read and written together; an ordinary trigger is moved by Quartz, which needs eight statements for each.
 */
final class MisfireRecovery {
    /** SQLState of a number that is too large to be read as what it is asked for. */
    private static final String OUT_OF_RANGE = "22003";

    private static final Logger LOG = LoggerFactory.getLogger(MisfireRecovery.class);

    private final TriggerRows rows;
    private final InstantSource clock;
    private final ClockGate gate;
    private final Consumer<OperableTrigger> misfired;
    private final Move quartz;

    /** From when on batches that follow each other take their slots; of the one thread that does that. */
    private @Nullable Instant began;

    /** Moves one trigger as Quartz does. */
    interface Move {
        void move(Connection connection, TriggerKey key) throws JobPersistenceException;
    }

    /**
     * One batch.
     *
     * @param more whether there are more misfired triggers
     * @param earliest next time of those that were moved, in milliseconds, or now if Quartz moved one, which may be due at once; {@link
     *     Long#MAX_VALUE} when there are none
     */
    record Batch(boolean more, int count, long earliest) {}

    /** @param misfired hears of each check that has misfired */
    MisfireRecovery(TriggerRows rows, InstantSource clock, Consumer<OperableTrigger> misfired, Move quartz) {
        this.rows = rows;
        this.clock = clock;
        this.gate = ClockGate.of(clock);
        this.misfired = misfired;
        this.quartz = quartz;
    }

    /** In the caller's transaction, which must not commit when this throws. */
    Batch recover(Connection connection) throws SQLException, JobPersistenceException {
        Instant now = clock.instant();
        Instant from = MisfirePolicy.slotsFrom(began, now);
        began = from;
        List<SimpleTriggerRow> batch = rows.misfired(connection, MisfirePolicy.misfiredBefore(now));
        List<SimpleTriggerImpl> moved = new ArrayList<>();
        List<SimpleTriggerImpl> ended = new ArrayList<>();
        List<TriggerKey> broken = new ArrayList<>();
        long earliest = Long.MAX_VALUE;
        for (SimpleTriggerRow one : batch) {
            SimpleTriggerImpl check = TriggerGroups.isCheck(one.key()) ? one.simple() : null;
            if (check != null) {
                misfired.accept(check);
                MisfirePolicy.toNextSlot(check, from);
                (check.getNextFireTime() == null ? ended : moved).add(check);
            } else if (!one.broken() && movedByQuartz(connection, one.key())) {
                earliest = now.toEpochMilli();
            } else {
                broken.add(one.key());
            }
        }
        rows.reschedule(connection, moved);
        rows.remove(connection, ended);
        rows.markError(connection, broken);
        if (!batch.isEmpty()) {
            LOG.info("overdue triggers moved={} ended={} of={}", moved.size(), ended.size(), batch.size());
        }
        boolean more = batch.size() == rows.misfiredMax();
        if (!more) {
            began = null;
        }
        if (!gate.isOpen()) {
            // Quartz's own arithmetic asks the clock of the machine: nothing of this is committed.
            throw new ClockWrongException();
        }
        for (SimpleTriggerImpl check : moved) {
            earliest = Math.min(earliest, check.getNextFireTime().toInstant().toEpochMilli());
        }
        return new Batch(more, batch.size(), earliest);
    }

    /**
     * Runs Quartz's search for misfired triggers unless the clock is wrong. Quartz sleeps until its interval is over by that clock, which may
     * have been set back meanwhile: then this reports more work, so that it does not.
     */
    <T> T whileClockIsRight(StopSignal.Step<T> search, T nothing, T more) throws JobPersistenceException {
        if (!gate.isOpen()) {
            return nothing;
        }
        try {
            T result = search.run();
            return gate.isOpen() ? result : more;
        } catch (ClockWrongException e) {
            return more;
        }
    }

    private static final class ClockWrongException extends JobPersistenceException {
        private static final long serialVersionUID = 1L;

        ClockWrongException() {
            super("the clock of this machine was set while triggers were moved by it");
        }
    }

    private boolean movedByQuartz(Connection connection, TriggerKey key) throws SQLException {
        try {
            quartz.move(connection, key);
            return true;
        } catch (JobPersistenceException e) {
            throwIfDatabaseFailed(e);
            LOG.warn("overdue trigger cannot be read trigger={}", key, e);
            return false;
        }
    }

    /**
     * Reads a trigger. One that cannot be read is set to ERROR: Quartz would look for due triggers no further, and again and again.
     *
     * @return null when it is not there, or cannot be read
     */
    @Nullable
    OperableTrigger readOrMarkError(
            Connection connection, TriggerKey key, StopSignal.Step<@Nullable OperableTrigger> quartzRead)
            throws JobPersistenceException {
        try {
            return quartzRead.run();
        } catch (JobPersistenceException e) {
            try {
                throwIfDatabaseFailed(e);
                rows.markError(connection, List.of(key));
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
}
