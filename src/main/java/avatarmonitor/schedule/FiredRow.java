package avatarmonitor.schedule;

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
                trigger.getFireInstanceId(), trigger instanceof PlacedTrigger placed ? placed.place() : null);
    }

    /**
     * Deletes them, in PostgreSQL and in the caller's transaction; those that are gone already do not matter. They are found by their
     * places: by their key PostgreSQL reads as many index entries as firings have ended since the last vacuum, as its
     * statistics tell it that the table is all but empty. Another firing may stand in a place by now, so ids are compared, in a way that no
     * index serves.
     */
    static void delete(Connection connection, List<FiredRow> rows) throws SQLException {
        int deleted;
        try (PreparedStatement byPlace = connection.prepareStatement("""
                DELETE FROM qrtz_fired_triggers
                WHERE ctid = ANY(?) AND sched_name || '' = 'avatar-monitor' AND entry_id || '' = ANY(?)
                """)) {
            Columns.set(byPlace, 1, "tid", rows, FiredRow::place);
            Columns.set(byPlace, 2, "text", rows, FiredRow::entry);
            deleted = byPlace.executeUpdate();
        }
        if (deleted < rows.size()) {
            // Whoever rewrites the table moves its rows, and what Quartz has fired has no known place.
            try (PreparedStatement byKey = connection.prepareStatement("""
                    DELETE FROM qrtz_fired_triggers WHERE sched_name = 'avatar-monitor' AND entry_id = ANY(?)
                    """)) {
                Columns.set(byKey, 1, "text", rows, FiredRow::entry);
                byKey.executeUpdate();
            }
        }
    }
}
