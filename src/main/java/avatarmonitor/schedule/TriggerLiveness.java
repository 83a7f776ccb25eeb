package avatarmonitor.schedule;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.quartz.TriggerKey;

/**
 * Whether a trigger lives. The view {@code avatar_monitor_trigger_health} alone defines what that means, so that what is repaired and
 * what people see as unwatched are the same.
 */
enum TriggerLiveness {
    LIVES,
    /** A row is there but will never fire again: in state ERROR, finished, orphaned, without its other half, past its end. */
    DEAD,
    MISSING;

    /** The same question about many triggers, one at a time: each is a look into indexes, however many triggers there are. */
    static Map<TriggerKey, TriggerLiveness> of(Connection connection, Collection<TriggerKey> keys) throws SQLException {
        Map<TriggerKey, TriggerLiveness> found = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT problem
                FROM avatar_monitor_trigger_health
                WHERE trigger_group = ? AND trigger_name = ?
                """)) {
            for (TriggerKey key : keys) {
                select.setString(1, key.getGroup());
                select.setString(2, key.getName());
                try (ResultSet row = select.executeQuery()) {
                    found.put(key, !row.next() ? MISSING : row.getString(1) == null ? LIVES : DEAD);
                }
            }
        }
        return found;
    }

    /** Triggers that are there but will never fire again, each with what is wrong with it, at most so many. */
    static Map<TriggerKey, String> dead(Connection connection, int limit) throws SQLException {
        Map<TriggerKey, String> dead = new LinkedHashMap<>();
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT trigger_group, trigger_name, problem
                FROM avatar_monitor_trigger_health
                WHERE problem IS NOT NULL
                ORDER BY trigger_group, trigger_name
                LIMIT ?
                """)) {
            select.setInt(1, limit);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    dead.put(
                            new TriggerKey(rows.getString("trigger_name"), rows.getString("trigger_group")),
                            rows.getString("problem"));
                }
            }
        }
        return dead;
    }
}
