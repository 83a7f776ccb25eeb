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
 * Rows of {@code qrtz_triggers} and {@code qrtz_simple_triggers}, many at a time and in the caller's transaction, which holds the lock of the
 * cluster unless told otherwise.
 */
public interface TriggerRows {
    /**
     * The oldest misfired triggers, at most {@link #misfiredMax}. A check with raised priority is not among them before
     * {@link MisfirePolicy#DEFERRED_LATE_MAX}.
     *
     * @param before what was due before has misfired
     */
    List<SimpleTriggerRow> misfired(Connection connection, Instant before) throws SQLException;

    int misfiredMax();

    /** Writes the new times of checks that go on, and their {@link MisfirePolicy#priorityAfterMisfire priority}. */
    void reschedule(Connection connection, List<SimpleTriggerImpl> triggers) throws SQLException;

    /** Deletes simple triggers that will not fire again; Quartz would leave them behind as COMPLETE for ever. */
    void remove(Connection connection, List<SimpleTriggerImpl> triggers) throws SQLException;

    /** Stores triggers that are not there. */
    void insert(Connection connection, List<OperableTrigger> triggers, String state, JobDetail job)
            throws SQLException, IOException;

    /**
     * How many triggers to store in the next transaction; may first have the database look at its tables. Needs no lock.
     *
     * @param done how many were stored before, or found alive
     */
    int insertBatch(Connection connection, int done) throws SQLException;

    /**
     * Deletes those of the triggers that need nothing else to be done. Needs no lock of the cluster.
     *
     * @return those it deleted; Quartz has to delete the others
     */
    Set<TriggerKey> delete(Connection connection, List<TriggerKey> keys) throws SQLException;

    /** Sets triggers that can never fire to ERROR, so that they do not come first in every batch. */
    void markError(Connection connection, List<TriggerKey> keys) throws SQLException;
}
