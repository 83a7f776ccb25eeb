package avatarmonitor.schedule;

import avatarmonitor.reconcile.ScheduleFault;
import avatarmonitor.store.sql.Columns;
import avatarmonitor.store.sql.Jdbc;
import java.sql.Connection;
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
 * Health of one trigger. Only the view {@code avatar_monitor_trigger_health} defines it, so that repair and the lists
 * of unwatched avatars agree.
 *
 * @param kind why it will never fire again, as one word; null when it is live
 * @param problem description; null when it is live
 */
record TriggerHealth(
        TriggerKey key, @Nullable String kind, @Nullable String problem) {

    /** Limit of triggers examined at once; running checks always make a few of them suspect. */
    private static final int SUSPECTS_MAX = 20_000;

    /**
     * Triggers at the end of the queue that are examined; only when many of them have an impossible future time, all
     * are.
     */
    private static final int LAST_IN_QUEUE = 100;

    boolean broken() {
        return kind != null;
    }

    /**
     * Returns the health of those of these triggers that exist. Usually none of many exist, so the view is queried for
     * existing ones only; and once for all, since it reads all firings.
     */
    static Map<TriggerKey, TriggerHealth> of(Connection connection, Collection<TriggerKey> keys) throws SQLException {
        Map<String, List<String>> names = new HashMap<>();
        keys.forEach(key -> names.computeIfAbsent(key.getGroup(), group -> new ArrayList<>())
                .add(key.getName()));
        Map<TriggerKey, TriggerHealth> found = new HashMap<>();
        for (Map.Entry<String, List<String>> group : names.entrySet()) {
            List<String> present = present(connection, group.getKey(), group.getValue());
            if (!present.isEmpty()) {
                health(connection, group.getKey(), present).forEach(health -> found.put(health.key(), health));
            }
        }
        return found;
    }

    private static List<String> present(Connection connection, String group, List<String> names) throws SQLException {
        return Jdbc.list(connection, """
                SELECT trigger_name FROM qrtz_triggers
                WHERE sched_name = 'avatar-monitor' AND trigger_group = ? AND trigger_name = ANY(?)
                """, row -> row.getString(1), group, Columns.of("varchar", names, name -> name));
    }

    private static List<TriggerHealth> health(Connection connection, String group, List<String> names)
            throws SQLException {
        return Jdbc.list(connection, """
                SELECT trigger_group, trigger_name, kind, problem
                FROM avatar_monitor_trigger_health
                WHERE trigger_group = ? AND trigger_name = ANY(?)
                """, TriggerHealth::read, group, Columns.of("varchar", names, name -> name));
    }

    /**
     * Returns existing triggers of this product that will never fire again, or not in time, up to a limit. Runs every
     * minute: the view is queried only for triggers that an index shows to be in a state other than waiting, without a
     * time, long overdue, without their row in {@code qrtz_simple_triggers}, or last in the queue. Ignores triggers of
     * other groups in the same scheduler.
     */
    static List<TriggerHealth> broken(Connection connection, int limit) throws SQLException {
        List<TriggerHealth> found = broken(connection, limit, LAST_IN_QUEUE);
        long future = found.stream()
                .filter(health -> ScheduleFault.Kind.FUTURE.word().equals(health.kind()))
                .count();
        return future < LAST_IN_QUEUE / 2 ? found : broken(connection, limit, SUSPECTS_MAX);
    }

    /** @param lastInQueue number of triggers at the end of the queue whose time is examined */
    private static List<TriggerHealth> broken(Connection connection, int limit, int lastInQueue) throws SQLException {
        // The third limit is a literal: as a parameter H2 would return the rows of the first execution again.
        String sql = """
                SELECT h.trigger_group, h.trigger_name, h.kind, h.problem
                FROM (
                  (SELECT trigger_group, trigger_name FROM qrtz_triggers
                   WHERE sched_name = 'avatar-monitor' AND trigger_state = 'WAITING'
                     AND trigger_group IN ('avatar', 'maintenance')
                   ORDER BY next_fire_time DESC LIMIT %d)
                  UNION
                  SELECT trigger_group, trigger_name FROM qrtz_triggers
                  WHERE sched_name = 'avatar-monitor' AND (trigger_state < 'WAITING' OR trigger_state > 'WAITING')
                  UNION
                  SELECT trigger_group, trigger_name FROM qrtz_triggers
                  WHERE sched_name = 'avatar-monitor' AND next_fire_time IS NULL
                  UNION
                  SELECT trigger_group, trigger_name FROM qrtz_triggers
                  WHERE sched_name = 'avatar-monitor'
                    AND next_fire_time < CAST(EXTRACT(EPOCH FROM current_timestamp) * 1000 AS bigint) - 60000
                  UNION
                  SELECT t.trigger_group, t.trigger_name FROM qrtz_triggers t
                  WHERE t.sched_name = 'avatar-monitor' AND t.trigger_type = 'SIMPLE' AND NOT EXISTS (
                    SELECT 1 FROM qrtz_simple_triggers s
                    WHERE s.sched_name = 'avatar-monitor'
                      AND s.trigger_name = t.trigger_name AND s.trigger_group = t.trigger_group)
                  LIMIT ?
                ) suspect
                JOIN avatar_monitor_trigger_health h
                  ON h.trigger_group = suspect.trigger_group AND h.trigger_name = suspect.trigger_name
                WHERE h.kind IS NOT NULL AND h.trigger_group IN ('avatar', 'maintenance')
                ORDER BY h.trigger_group DESC, h.trigger_name
                LIMIT ?
                """.formatted(lastInQueue);
        return Jdbc.list(connection, sql, TriggerHealth::read, SUSPECTS_MAX, limit);
    }

    private static TriggerHealth read(ResultSet row) throws SQLException {
        return new TriggerHealth(
                new TriggerKey(row.getString("trigger_name"), row.getString("trigger_group")),
                row.getString("kind"),
                row.getString("problem"));
    }
}
