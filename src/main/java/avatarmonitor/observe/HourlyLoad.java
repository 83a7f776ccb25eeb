package avatarmonitor.observe;

import avatarmonitor.store.sql.Timestamps;
import java.sql.Connection;
import java.sql.PreparedStatement;
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
    static void add(Connection connection, String instance, WorkerLoad.Counts counts, Instant now) throws SQLException {
        if (counts.equals(WorkerLoad.Counts.NONE)) {
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

    private static int run(Connection connection, String sql, String instance, WorkerLoad.Counts counts, Instant now)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, counts.fires());
            statement.setLong(2, counts.delaySumMillis());
            statement.setLong(3, counts.delayMaxMillis());
            statement.setLong(4, counts.lateFires());
            statement.setLong(5, counts.requests());
            statement.setLong(6, counts.answered());
            statement.setObject(7, Timestamps.utc(now.truncatedTo(ChronoUnit.HOURS)));
            statement.setString(8, instance);
            return statement.executeUpdate();
        }
    }

    /** Deletes at most {@code batch} rows of hours that began before {@code before}; returns their number. */
    public static int prune(Connection connection, Instant before, int batch) throws SQLException {
        String sql = """
                DELETE FROM avatar_monitor_load WHERE (hour_at, instance) IN
                  (SELECT hour_at, instance FROM avatar_monitor_load WHERE hour_at < ? ORDER BY hour_at LIMIT ?)""";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setObject(1, Timestamps.utc(before));
            statement.setInt(2, batch);
            return statement.executeUpdate();
        }
    }
}
