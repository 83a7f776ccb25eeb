package avatarmonitor.schedule;

import avatarmonitor.reconcile.Disorder;
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

    /** Triggers looked at in one go; checks that run make a few of them suspect at any time. */
    private static final int SUSPECTS_MAX = 20_000;

    /** Triggers at the end of the queue that are looked at; only when many of them wait for too late a time are all. */
    private static final int LAST_IN_QUEUE = 100;

    boolean broken() {
        return kind != null;
    }

    /**
     * Those of these triggers that are there. Mostly none of many are, so the view is asked only about what is there; and once for all, since
     * it reads all firings.
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
        List<String> present = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT trigger_name FROM qrtz_triggers
                WHERE sched_name = 'avatar-monitor' AND trigger_group = ? AND trigger_name = ANY(?)
                """)) {
            set(select, group, names);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    present.add(row.getString(1));
                }
            }
        }
        return present;
    }

    private static List<TriggerHealth> health(Connection connection, String group, List<String> names)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT trigger_group, trigger_name, kind, problem
                FROM avatar_monitor_trigger_health
                WHERE trigger_group = ? AND trigger_name = ANY(?)
                """)) {
            set(select, group, names);
            return read(select);
        }
    }

    private static void set(PreparedStatement select, String group, List<String> names) throws SQLException {
        select.setString(1, group);
        select.setArray(2, select.getConnection().createArrayOf("varchar", names.toArray(new String[0])));
    }

    /**
     * Triggers of ours that are there but will never fire again, or not in time, up to a limit. Asked every minute: the view is asked only about
     * those that an index shows to be in another state than waiting, without a time, long overdue, without their other half, or last in the
     * queue. Triggers of others in the same scheduler are theirs, whatever state they are in.
     */
    static List<TriggerHealth> broken(Connection connection, int limit) throws SQLException {
        List<TriggerHealth> found = broken(connection, limit, LAST_IN_QUEUE);
        long future = found.stream()
                .filter(health -> Disorder.Kind.FUTURE.word().equals(health.kind()))
                .count();
        return future < LAST_IN_QUEUE / 2 ? found : broken(connection, limit, SUSPECTS_MAX);
    }

    /** @param lastInQueue of how many triggers at the end of the queue the time is looked at */
    private static List<TriggerHealth> broken(Connection connection, int limit, int lastInQueue) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("""
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
                """.formatted(lastInQueue))) {
            // H2 would answer a second time with the rows of the first one if that number were a parameter.
            select.setInt(1, SUSPECTS_MAX);
            select.setInt(2, limit);
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
