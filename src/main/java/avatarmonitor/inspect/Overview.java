package avatarmonitor.inspect;

import avatarmonitor.store.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The whole in figures. Reading it costs a few tenths of a second at 100,000 avatars: whoever shows it again and again keeps it for a
 * moment.
 *
 * @param counts by word: {@code training}; every {@link AvatarList} but {@code ended}; and what ended in the last 24 hours as
 *     {@code completed_today}, {@code failed_today}, {@code cancelled_today}
 * @param lateMostSeconds how late the check is that is overdue for longest; 0 when none is
 * @param workers rows of {@code v_workers}
 * @param lastReconcileAt when the hourly run was last begun; null before the first time
 */
public record Overview(
        Map<String, Long> counts,
        long lateMostSeconds,
        List<Map<String, @Nullable Object>> workers,
        @Nullable Instant lastReconcileAt) {

    /** Counts now. */
    public static Overview read(Database database, Instant now) {
        return database.read(connection -> {
            Map<String, Long> counts = new LinkedHashMap<>();
            counts.put("training", number(connection, "SELECT count(*) FROM avatar_monitor_training"));
            Map<String, @Nullable Object> watched = first(connection, """
                    SELECT count(*) AS watched, count(*) FILTER (WHERE seconds_late > %d) AS late,
                           count(*) FILTER (WHERE failures_in_row > 0) AS failing, coalesce(max(seconds_late), 0) AS most
                    FROM v_watched""".formatted(AvatarList.LATE_SECONDS));
            counts.put("watched", number(watched.get("watched")));
            counts.put("late", number(watched.get("late")));
            counts.put("failing", number(watched.get("failing")));
            counts.put("unwatched", number(connection, """
                    SELECT count(*) FROM v_unwatched WHERE last_outcome IS DISTINCT FROM 'stalled'"""));
            counts.put("stalled", number(connection, "SELECT count(*) FROM v_stalled"));
            counts.put("stuck", number(connection, "SELECT count(*) FROM v_stuck_triggers"));
            for (String ended : List.of("completed", "failed", "cancelled")) {
                counts.put(ended + "_today", eventsOfLastDay(connection, ended, now));
            }
            return new Overview(counts, number(watched.get("most")), workers(connection), lastReconcile(connection));
        });
    }

    /** Workers that are alive. */
    public long workersAlive() {
        return workers.stream()
                .filter(worker -> Boolean.TRUE.equals(worker.get("alive")))
                .count();
    }

    /** The rows of {@code v_workers}. */
    public static List<Map<String, @Nullable Object>> workers(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT * FROM v_workers ORDER BY instance")) {
            return Rows.all(select);
        }
    }

    private static long eventsOfLastDay(Connection connection, String type, Instant now) throws SQLException {
        String sql = "SELECT count(*) AS n FROM avatar_event WHERE type = ? AND at > ?";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setString(1, type);
            select.setObject(2, now.minusSeconds(24 * 3600).atOffset(ZoneOffset.UTC));
            return number(Rows.first(select).get("n"));
        }
    }

    private static @Nullable Instant lastReconcile(Connection connection) throws SQLException {
        long fired = number(first(connection, """
                        SELECT max(prev_fire_time) AS fired FROM qrtz_triggers
                        WHERE sched_name = 'avatar-monitor' AND trigger_group = 'maintenance'""").get("fired"));
        return fired > 0 ? Instant.ofEpochMilli(fired) : null;
    }

    private static long number(Connection connection, String count) throws SQLException {
        return number(first(connection, count).values().iterator().next());
    }

    private static Map<String, @Nullable Object> first(Connection connection, String query) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(query)) {
            return Rows.first(select);
        }
    }

    private static long number(@Nullable Object value) {
        return value instanceof Number number ? number.longValue() : 0;
    }
}
