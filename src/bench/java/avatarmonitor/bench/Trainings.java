package avatarmonitor.bench;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Writes rows of the application's table, and reads the product's tables. */
final class Trainings implements AutoCloseable {
    private static final int WINDOW_MILLIS = 14_400_000;

    private final Connection connection;

    Trainings(String url) throws SQLException {
        connection = DriverManager.getConnection(url);
    }

    /** Inserts avatars like an application; the request id equals the avatar's id. */
    void handOver(int count) throws SQLException {
        execute(String.format(Locale.ROOT, """
                INSERT INTO avatars (id, name, training_type, status, fal_request_id, training_started_at)
                SELECT CAST(%1$s AS uuid), 'Ada', 'PORTRAIT', 'TRAINING', %1$s, now() FROM generate_series(1, %2$d) n
                """, Names.SQL, count));
        execute("VACUUM ANALYZE avatars");
    }

    /** Adds the rows that workers leave after an outage of all of them for this time. */
    void leaveOverdue(int count, Duration since) throws SQLException {
        Instant due = Instant.now().minus(since);
        QuartzRows.plant(connection, count, due, 60_000);
        execute("UPDATE qrtz_triggers SET end_time = start_time + " + WINDOW_MILLIS);
        execute("""
                INSERT INTO avatar_monitoring (avatar_id, fal_request_id, watched_since, window_ends_at)
                SELECT id, fal_request_id, now() - INTERVAL '1 h', now() + INTERVAL '2 h' FROM avatars""");
        execute("VACUUM FULL ANALYZE qrtz_triggers");
        execute("VACUUM ANALYZE avatar_monitoring");
    }

    /** Returns the number of avatars with a trigger. */
    long watched() {
        return number("SELECT count(*) FROM qrtz_triggers WHERE trigger_group = 'avatar'");
    }

    /** Returns the number of avatars with at least this many checks. */
    long checked(int times) {
        return number("SELECT count(*) FROM avatar_monitoring WHERE checks >= " + times);
    }

    /** Returns the worker's check delay of the last minute. */
    long late(int percentile) {
        return number("SELECT coalesce(max(late_p" + percentile + "_ms), 0) FROM avatar_monitor_worker_status");
    }

    private long number(String query) {
        try {
            return QuartzRows.number(connection, query);
        } catch (SQLException e) {
            throw new IllegalStateException(query, e);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
