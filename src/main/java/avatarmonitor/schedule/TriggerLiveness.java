package avatarmonitor.schedule;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.quartz.TriggerKey;

/**
 * Whether triggers live. The view {@code avatar_monitor_trigger_health} alone defines what that means, so that what is repaired
 * and what people see as unwatched are the same.
 */
enum TriggerLiveness {
    LIVES,
    /** A row is there but will never fire again: in state ERROR, finished, orphaned, without its other half, past its end. */
    DEAD;

    /** What is known of these triggers of one group; those that have no row at all are left out. */
    static Map<TriggerKey, TriggerLiveness> of(Connection connection, String group, Collection<String> names)
            throws SQLException {
        Map<TriggerKey, TriggerLiveness> found = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT trigger_name, problem
                FROM avatar_monitor_trigger_health
                WHERE trigger_group = ? AND trigger_name = ANY (?)
                """)) {
            select.setString(1, group);
            select.setArray(2, connection.createArrayOf("varchar", names.toArray()));
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    TriggerLiveness liveness = rows.getString("problem") == null ? LIVES : DEAD;
                    found.put(new TriggerKey(rows.getString("trigger_name"), group), liveness);
                }
            }
        }
        return found;
    }

    /** The triggers of one group that are there but will never fire again, at most so many. */
    static List<TriggerKey> dead(Connection connection, String group, int limit) throws SQLException {
        List<TriggerKey> dead = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT trigger_name
                FROM avatar_monitor_trigger_health
                WHERE trigger_group = ? AND problem IS NOT NULL
                ORDER BY trigger_name
                LIMIT ?
                """)) {
            select.setString(1, group);
            select.setInt(2, limit);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    dead.add(new TriggerKey(rows.getString("trigger_name"), group));
                }
            }
        }
        return dead;
    }
}
