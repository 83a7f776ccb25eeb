package avatarmonitor.schedule.quartz;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.quartz.JobDetail;
import org.quartz.TriggerKey;
import org.quartz.impl.triggers.SimpleTriggerImpl;
import org.quartz.spi.OperableTrigger;

/**
 * Bulk access to rows of {@code qrtz_triggers} and {@code qrtz_simple_triggers}, in the caller's transaction, which
 * holds the cluster lock unless stated otherwise.
 */
public interface TriggerRows {
    /**
     * Returns the oldest misfired triggers, at most {@link #misfiredMax}. Excludes checks with raised priority before
     * {@link MisfirePolicy#DEFERRED_LATE_MAX}.
     *
     * @param before triggers due before this time have misfired
     */
    List<SimpleTriggerRow> misfired(Connection connection, Instant before) throws SQLException;

    int misfiredMax();

    /** Writes the new times of checks, and their {@link MisfirePolicy#priorityAfterMisfire priority}. */
    void reschedule(Connection connection, List<SimpleTriggerImpl> triggers) throws SQLException;

    /** Deletes simple triggers that will not fire again; Quartz would leave them behind as COMPLETE. */
    void remove(Connection connection, List<SimpleTriggerImpl> triggers) throws SQLException;

    /** Stores triggers that do not exist. */
    void insert(Connection connection, List<OperableTrigger> triggers, String state, JobDetail job)
            throws SQLException, IOException;

    /**
     * Returns how many triggers to store in the next transaction; may first run ANALYZE. Needs no lock.
     *
     * @param done how many were stored before, or found live
     */
    int insertBatch(Connection connection, int done) throws SQLException;

    /**
     * Deletes those of the triggers that have no dependent rows. Needs no cluster lock.
     *
     * @return those it deleted; Quartz has to delete the others
     */
    Set<TriggerKey> delete(Connection connection, List<TriggerKey> keys) throws SQLException;

    /** Sets triggers that can never fire to ERROR, so that they do not block every batch. */
    void markError(Connection connection, List<TriggerKey> keys) throws SQLException;
}
