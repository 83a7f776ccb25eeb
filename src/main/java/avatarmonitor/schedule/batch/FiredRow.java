package avatarmonitor.schedule.batch;

import avatarmonitor.schedule.quartz.TriggerWithRowId;
import avatarmonitor.store.Columns;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quartz.spi.OperableTrigger;

/**
 * The row of a firing.
 *
 * @param entry id of the firing
 * @param place of the row when it was written; null when it is not known
 */
record FiredRow(String entry, @Nullable String place) {

    /** The row of what this trigger has fired. */
    static FiredRow of(OperableTrigger trigger) {
        return new FiredRow(
                trigger.getFireInstanceId(), trigger instanceof TriggerWithRowId placed ? placed.place() : null);
    }

    /**
     * Deletes them, in PostgreSQL and in the caller's transaction; those that are gone already do not matter. They are found by their
     * places. Whoever rewrites the table moves its rows, and what Quartz has fired has no known place: those are found by their keys.
     */
    static void delete(Connection connection, List<FiredRow> rows) throws SQLException {
        List<FiredRow> placed = rows.stream().filter(row -> row.place() != null).toList();
        if (deleteByPlace(connection, placed) == placed.size()) {
            deleteByKey(
                    connection, rows.stream().filter(row -> row.place() == null).toList());
        } else {
            deleteByKey(connection, rows);
        }
    }

    /** Another firing may stand in a place by now, so ids are compared, in a way that no index serves. */
    private static int deleteByPlace(Connection connection, List<FiredRow> rows) throws SQLException {
        if (rows.isEmpty()) {
            return 0;
        }
        try (PreparedStatement delete = connection.prepareStatement("""
                DELETE FROM qrtz_fired_triggers
                WHERE ctid = ANY(?) AND sched_name || '' = 'avatar-monitor' AND entry_id || '' = ANY(?)
                """)) {
            Columns.set(delete, 1, "tid", rows, FiredRow::place);
            Columns.set(delete, 2, "text", rows, FiredRow::entry);
            return delete.executeUpdate();
        }
    }

    /**
     * One by one: given many keys at once PostgreSQL reads as many index entries as firings have ended since the last vacuum, as its
     * statistics tell it that the table is all but empty.
     */
    private static void deleteByKey(Connection connection, List<FiredRow> rows) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("""
                DELETE FROM qrtz_fired_triggers WHERE sched_name = 'avatar-monitor' AND entry_id = ?
                """)) {
            for (FiredRow row : rows) {
                delete.setString(1, row.entry());
                delete.addBatch();
            }
            delete.executeBatch();
        }
    }
}
