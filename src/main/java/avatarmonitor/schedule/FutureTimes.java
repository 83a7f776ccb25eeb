package avatarmonitor.schedule;

import avatarmonitor.reconcile.ScheduleFault;
import avatarmonitor.store.sql.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds and repairs impossible future times outside the triggers, as listed by view {@code v_future_times}. A wrong
 * clock of a worker or of the database wrote them, and they would delay what waits for them. Uses the database's clock.
 */
final class FutureTimes {
    private FutureTimes() {}

    /** Returns one fault for each table that contains such times. */
    static List<ScheduleFault> find(Connection connection) throws SQLException {
        List<ScheduleFault> found = new ArrayList<>();
        Jdbc.forEach(connection, "SELECT place, times, latest FROM v_future_times ORDER BY place", row -> {
            String problem = row.getLong("times") == 1
                    ? "a time lies in the future and cannot be there"
                    : row.getLong("times") + " times lie in the future and cannot be there";
            found.add(new ScheduleFault(ScheduleFault.Kind.FUTURE, row.getString("place"), problem, null));
        });
        return found;
    }

    /** Sets the future times of one table to now; returns whether there were any. */
    static boolean repair(Connection connection, String table) throws SQLException {
        String sql = switch (table) {
            case "avatar_monitor_scan", "avatar_monitor_reconcile" -> """
                        UPDATE %s SET at = current_timestamp
                        WHERE at > current_timestamp + INTERVAL '10' SECOND""".formatted(table);
            case "avatar_monitor_alert" -> """
                        UPDATE avatar_monitor_alert
                        SET began_at = least(began_at, current_timestamp), last_at = least(last_at, current_timestamp),
                            seen_at = least(seen_at, current_timestamp), due_at = least(due_at, current_timestamp)
                        WHERE greatest(began_at, last_at, seen_at) > current_timestamp + INTERVAL '10' SECOND""";
            case "avatar_monitor_delivery" -> """
                        UPDATE avatar_monitor_delivery
                        SET created_at = least(created_at, current_timestamp),
                            next_attempt_at = least(next_attempt_at, current_timestamp), claimed_until = NULL
                        WHERE state = 'waiting'
                          AND (created_at > current_timestamp + INTERVAL '10' SECOND
                            OR next_attempt_at > current_timestamp + INTERVAL '6' MINUTE
                            OR claimed_until > current_timestamp + INTERVAL '10' MINUTE)""";
            default -> throw new IllegalStateException("no such place: " + table);
        };
        return Jdbc.update(connection, sql) > 0;
    }
}
