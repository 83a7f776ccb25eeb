package avatarmonitor.schedule;

import avatarmonitor.store.FreshPlan;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.quartz.TriggerKey;
import org.quartz.impl.jdbcjobstore.PostgreSQLDelegate;

/**
 * Quartz's SQL for PostgreSQL, also right for H2 in PostgreSQL mode, with the statements that search by time made fit for an
 * index. Quartz sends times as NUMERIC, which turns the comparison with the BIGINT column into a sequential scan, and it
 * limits the rows in the driver instead of in the statement, which makes PostgreSQL sort all of them.
 */
class IndexedDelegate extends PostgreSQLDelegate {

    private final String acquired;

    /** @param checksToo whether Quartz acquires triggers of checks too, or they are fired in batches */
    IndexedDelegate(boolean checksToo) {
        acquired = checksToo ? "true" : "trigger_group <> 'avatar'";
    }

    @Override
    public List<TriggerKey> selectTriggerToAcquire(
            Connection connection, long noLaterThan, long noEarlierThan, int maxCount) throws SQLException {
        FreshPlan.byIndex(connection);
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT trigger_name, trigger_group
                FROM qrtz_triggers
                WHERE sched_name = 'avatar-monitor' AND trigger_state = 'WAITING' AND next_fire_time <= ?
                  AND (next_fire_time >= ? OR misfire_instr = -1 OR priority >= ? AND trigger_group = 'avatar') AND %s
                ORDER BY next_fire_time, priority DESC
                LIMIT ?
                """.formatted(acquired))) {
            select.setLong(1, noLaterThan);
            select.setLong(2, noEarlierThan);
            select.setInt(3, MovedPriority.PASSED_OVER);
            select.setInt(4, Math.max(1, maxCount));
            List<TriggerKey> keys = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    keys.add(new TriggerKey(rows.getString(1), rows.getString(2)));
                }
            }
            return keys;
        }
    }

    /** Quartz asks only whether there is any. Without an order PostgreSQL would hope to meet one early and read the whole table. */
    @Override
    public int countMisfiredTriggersInState(Connection connection, String state, long before) throws SQLException {
        if (!state.equals("WAITING")) {
            throw new IllegalArgumentException("only triggers that wait can misfire, not " + state);
        }
        FreshPlan.byIndex(connection);
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT 1
                FROM qrtz_triggers
                WHERE sched_name = 'avatar-monitor' AND trigger_state = 'WAITING' AND next_fire_time < ? AND misfire_instr <> -1
                ORDER BY next_fire_time
                LIMIT 1
                """)) {
            select.setLong(1, before);
            try (ResultSet rows = select.executeQuery()) {
                return rows.next() ? 1 : 0;
            }
        }
    }

    /** Locks the trigger before its other half is deleted: whoever fires it takes them in that order. */
    @Override
    public int deleteTrigger(Connection connection, TriggerKey key) throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement("""
                SELECT 1 FROM qrtz_triggers
                WHERE sched_name = 'avatar-monitor' AND trigger_name = ? AND trigger_group = ?
                FOR UPDATE
                """)) {
            lock.setString(1, key.getName());
            lock.setString(2, key.getGroup());
            lock.executeQuery().close();
        }
        return super.deleteTrigger(connection, key);
    }
}
