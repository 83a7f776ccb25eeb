package avatarmonitor.observe;

import avatarmonitor.inspect.LoadCounts;
import avatarmonitor.store.sql.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Table {@code avatar_monitor_load}: load per hour and worker. All methods run in the caller's transaction. */
public final class HourlyLoad {
    private HourlyLoad() {}

    /**
     * Adds counts to the row of this worker and hour.
     *
     * @param now by the database's clock
     */
    static void add(Connection connection, String instance, LoadCounts counts, Instant now) throws SQLException {
        if (counts.equals(LoadCounts.NONE)) {
            return;
        }
        // Only the worker of this name writes the row.
        String add = """
                UPDATE avatar_monitor_load SET fires = fires + ?, delay_sum_ms = delay_sum_ms + ?,
                    delay_max_ms = greatest(delay_max_ms, ?), late_fires = late_fires + ?, requests = requests + ?,
                    answered = answered + ?
                WHERE hour_at = ? AND instance = ?""";
        if (run(connection, add, instance, counts, now) == 0) {
            int unused = run(connection, """
                    INSERT INTO avatar_monitor_load
                        (fires, delay_sum_ms, delay_max_ms, late_fires, requests, answered, hour_at, instance)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)""", instance, counts, now);
        }
    }

    private static int run(Connection connection, String sql, String instance, LoadCounts counts, Instant now)
            throws SQLException {
        return Jdbc.update(
                connection,
                sql,
                counts.fires(),
                counts.delaySumMillis(),
                counts.delayMaxMillis(),
                counts.lateFires(),
                counts.requests(),
                counts.answered(),
                now.truncatedTo(ChronoUnit.HOURS),
                instance);
    }

    /** Deletes at most {@code batch} rows of hours that began before {@code before}; returns their number. */
    public static int prune(Connection connection, Instant before, int batch) throws SQLException {
        String sql = """
                DELETE FROM avatar_monitor_load WHERE (hour_at, instance) IN
                  (SELECT hour_at, instance FROM avatar_monitor_load WHERE hour_at < ? ORDER BY hour_at LIMIT ?)""";
        return Jdbc.update(connection, sql, before, batch);
    }
}
