package avatarmonitor.schedule.batch;

import avatarmonitor.schedule.quartz.TriggerWithRowId;
import avatarmonitor.store.sql.Columns;
import avatarmonitor.store.sql.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quartz.spi.OperableTrigger;

/**
 * Row of a firing in {@code qrtz_fired_triggers}.
 *
 * @param entry id of the firing
 * @param ctid {@code ctid} of the row when it was written; null when unknown
 */
record FiredRow(String entry, @Nullable String ctid) {

    /** Returns the row of this trigger's firing. */
    static FiredRow of(OperableTrigger trigger) {
        return new FiredRow(
                trigger.getFireInstanceId(), trigger instanceof TriggerWithRowId placed ? placed.ctid() : null);
    }

    /**
     * Deletes the rows on PostgreSQL, in the caller's transaction; missing ones are ignored. Rows are found by ctid, or
     * by key when that is unknown, as for firings of Quartz, or when a rewrite of the table has moved them.
     */
    static void delete(Connection connection, List<FiredRow> rows) throws SQLException {
        List<FiredRow> placed = rows.stream().filter(row -> row.ctid() != null).toList();
        if (deleteByPlace(connection, placed) == placed.size()) {
            deleteByKey(
                    connection, rows.stream().filter(row -> row.ctid() == null).toList());
        } else {
            deleteByKey(connection, rows);
        }
    }

    /** Another firing may be at the ctid by now, so ids are compared too, in a way that no index matches. */
    private static int deleteByPlace(Connection connection, List<FiredRow> rows) throws SQLException {
        if (rows.isEmpty()) {
            return 0;
        }
        String sql = """
                DELETE FROM qrtz_fired_triggers
                WHERE ctid = ANY(?) AND sched_name || '' = 'avatar-monitor' AND entry_id || '' = ANY(?)
                """;
        return Jdbc.update(
                connection, sql, Columns.of("tid", rows, FiredRow::ctid), Columns.of("text", rows, FiredRow::entry));
    }

    /**
     * Deletes one by one: for many keys at once PostgreSQL reads as many index entries as firings have ended since the
     * last vacuum, since its statistics say that the table is almost empty.
     */
    private static void deleteByKey(Connection connection, List<FiredRow> rows) throws SQLException {
        Jdbc.batch(
                connection,
                "DELETE FROM qrtz_fired_triggers WHERE sched_name = 'avatar-monitor' AND entry_id = ?",
                rows,
                row -> new Object[] {row.entry()});
    }
}
