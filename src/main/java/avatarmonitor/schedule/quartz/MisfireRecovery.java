package avatarmonitor.schedule.quartz;

import avatarmonitor.schedule.quartz.thread.StopSignal;
import avatarmonitor.store.clock.ClockGate;
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
 * Reschedules misfired triggers to their next slot in batches and sets unreadable triggers to ERROR, so that neither
 * blocks the queue. Checks are read and written together; a trigger of another group is moved by Quartz, which needs
 * eight statements for each.
 */
final class MisfireRecovery {
    /** SQLState of a number that is too large for the requested type. */
    private static final String OUT_OF_RANGE = "22003";

    private static final Logger LOG = LoggerFactory.getLogger(MisfireRecovery.class);

    private final TriggerRows rows;
    private final InstantSource clock;
    private final ClockGate gate;
    private final Consumer<OperableTrigger> misfired;
    private final Move quartz;

    /** Start of the slots for consecutive batches; used by the misfire thread only. */
    private @Nullable Instant began;

    /** Moves one trigger by Quartz's own code. */
    interface Move {
        void move(Connection connection, TriggerKey key) throws JobPersistenceException;
    }

    /**
     * One batch.
     *
     * @param more whether there are more misfired triggers
     * @param earliest next time of those that were moved, in milliseconds, or now if Quartz moved one, which may be due
     *     at once; {@link Long#MAX_VALUE} when there are none
     */
    record Batch(boolean more, int count, long earliest) {}

    /** @param misfired receives each check that has misfired */
    MisfireRecovery(TriggerRows rows, InstantSource clock, Consumer<OperableTrigger> misfired, Move quartz) {
        this.rows = rows;
        this.clock = clock;
        this.gate = ClockGate.of(clock);
        this.misfired = misfired;
        this.quartz = quartz;
    }

    /** Runs one batch in the caller's transaction, which must not commit when this throws. */
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
            // Quartz's own arithmetic uses the clock of the machine: none of this may be committed.
            throw new ClockWrongException();
        }
        for (SimpleTriggerImpl check : moved) {
            earliest = Math.min(earliest, check.getNextFireTime().toInstant().toEpochMilli());
        }
        return new Batch(more, batch.size(), earliest);
    }

    /**
     * Runs Quartz's search for misfired triggers unless the clock is wrong. Quartz sleeps until its interval is over by
     * that clock, which may have been set back meanwhile: then this reports more work, so that it does not sleep.
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
     * Reads a trigger. Sets an unreadable one to ERROR: otherwise Quartz's search for due triggers would stop at it,
     * again and again.
     *
     * @return null when it does not exist, or cannot be read
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
     * Rethrows a database failure: on PostgreSQL the transaction is then aborted. A number that Quartz cannot hold is
     * rejected by the driver only and does not count.
     */
    static void throwIfDatabaseFailed(JobPersistenceException e) throws SQLException {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException failed && !OUT_OF_RANGE.equals(failed.getSQLState())) {
                throw failed;
            }
        }
    }
}
