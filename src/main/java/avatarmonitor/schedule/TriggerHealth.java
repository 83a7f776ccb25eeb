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
import org.jspecify.annotations.Nullable;
import org.quartz.TriggerKey;

/**
 * How one trigger is. The view {@code avatar_monitor_trigger_health} alone defines what that means, so that what is repaired and
 * what people see as unwatched are the same.
 *
 * @param kind why it will never fire again, as one word; null when it lives
 * @param problem the same in words for people; null when it lives
 */
record TriggerHealth(
        TriggerKey key, @Nullable String kind, @Nullable String problem) {

    boolean broken() {
        return kind != null;
    }

    /** Those of these triggers that are there, one question each: each is a look into indexes, however many triggers there are. */
    static Map<TriggerKey, TriggerHealth> of(Connection connection, Collection<TriggerKey> keys) throws SQLException {
        Map<TriggerKey, TriggerHealth> found = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT trigger_group, trigger_name, kind, problem
                FROM avatar_monitor_trigger_health
                WHERE trigger_group = ? AND trigger_name = ?
                """)) {
            for (TriggerKey key : keys) {
                select.setString(1, key.getGroup());
                select.setString(2, key.getName());
                read(select).forEach(health -> found.put(key, health));
            }
        }
        return found;
    }

    /** Triggers that are there but will never fire again, at most so many. */
    static List<TriggerHealth> broken(Connection connection, int limit) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT trigger_group, trigger_name, kind, problem
                FROM avatar_monitor_trigger_health
                WHERE kind IS NOT NULL
                ORDER BY trigger_group DESC, trigger_name
                LIMIT ?
                """)) {
            select.setInt(1, limit);
            return read(select);
        }
    }

    private static List<TriggerHealth> read(PreparedStatement select) throws SQLException {
        List<TriggerHealth> found = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                found.add(new TriggerHealth(
                        new TriggerKey(row.getString("trigger_name"), row.getString("trigger_group")),
                        row.getString("kind"),
                        row.getString("problem")));
            }
        }
        return found;
    }
}
