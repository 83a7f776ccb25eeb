package avatarmonitor.bench;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Locale;

/** Rows of genuine {@code QRTZ_} tables, the same for each contestant that uses them. */
final class QuartzRows {
    private QuartzRows() {}

    static void plant(Connection connection, int count, Instant due, long spreadMillis) throws SQLException {
        String offset = spreadMillis == 0 ? "0" : String.format(Locale.ROOT, Names.SQL_OFFSET, spreadMillis);
        String job = """
                INSERT INTO qrtz_job_details (sched_name, job_name, job_group, job_class_name, is_durable, is_nonconcurrent,
                                              is_update_data, requests_recovery)
                VALUES ('avatar-monitor', 'status-check', 'avatar', 'avatarmonitor.schedule.StatusCheckJob', true, false, false, false)
                ON CONFLICT DO NOTHING""";
        String triggers = String.format(Locale.ROOT, """
                INSERT INTO qrtz_triggers (sched_name, trigger_name, trigger_group, job_name, job_group, next_fire_time, prev_fire_time,
                                           priority, trigger_state, trigger_type, start_time, end_time, misfire_instr)
                SELECT 'avatar-monitor', name, 'avatar', 'status-check', 'avatar', due, -1, 5, 'WAITING', 'SIMPLE', due, due + 3600000, 4
                FROM (SELECT %s AS name, %d + %s AS due FROM generate_series(1, %d) n) planted
                """, Names.SQL, due.toEpochMilli(), offset, count);
        String simple = """
                INSERT INTO qrtz_simple_triggers (sched_name, trigger_name, trigger_group, repeat_count, repeat_interval, times_triggered)
                SELECT sched_name, trigger_name, trigger_group, -1, 60000, 0 FROM qrtz_triggers""";
        try (Statement statement = connection.createStatement()) {
            statement.execute(job);
            // PostgreSQL checks foreign keys by the right index only where it does not estimate the tables as empty.
            statement.execute("ANALYZE qrtz_job_details");
            statement.execute(triggers);
            statement.execute("ANALYZE qrtz_triggers");
            statement.execute(simple);
            statement.execute("VACUUM ANALYZE qrtz_triggers, qrtz_simple_triggers, qrtz_fired_triggers");
        }
    }

    static long unfinished(Connection connection) throws SQLException {
        return number(connection, """
                SELECT (SELECT count(*) FROM qrtz_fired_triggers)
                     + (SELECT count(*) FROM qrtz_triggers WHERE trigger_state <> 'WAITING')""");
    }

    static long counted(Connection connection) throws SQLException {
        return number(connection, "SELECT coalesce(sum(times_triggered), 0) FROM qrtz_simple_triggers");
    }

    static long number(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            result.next();
            return result.getLong(1);
        }
    }
}
