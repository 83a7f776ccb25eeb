package avatarmonitor.store.migration;

import avatarmonitor.store.Database;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A database with one avatar in TRAINING and the rows that Quartz would write for it. */
final class TrainingRows implements AutoCloseable {
    static final String AVATAR = "11111111-2222-3333-4444-555555555555";

    private final TestDatabase.Fresh fresh;
    final Database database;

    TrainingRows(TestDatabase kind) {
        fresh = kind.fresh();
        database = fresh.database();
    }

    /** Removes the rows of the previous test. */
    void startWithOneTraining() {
        Sql.run(
                database,
                "DELETE FROM qrtz_simple_triggers",
                "DELETE FROM qrtz_triggers",
                "DELETE FROM qrtz_job_details",
                "DELETE FROM qrtz_fired_triggers",
                "DELETE FROM qrtz_paused_trigger_grps",
                "DELETE FROM qrtz_scheduler_state",
                "DELETE FROM avatar_monitoring",
                "DELETE FROM avatar_event",
                "DELETE FROM avatars",
                "INSERT INTO avatars (id, status, training_type, fal_request_id, training_started_at) VALUES ('"
                        + AVATAR + "', 'training', 'Portrait', 'req-1', current_timestamp - INTERVAL '10' MINUTE)",
                """
                INSERT INTO qrtz_job_details VALUES
                  ('avatar-monitor', 'status-check', 'avatar', NULL, 'x', true, false, false, false, NULL),
                  ('avatar-monitor', 'reconcile', 'maintenance', NULL, 'x', true, true, false, false, NULL)
                """);
    }

    void trigger(String state, String next, String end) {
        trigger("avatar-monitor", "avatar", AVATAR, "status-check", state, next, end);
    }

    void trigger(String scheduler, String group, String name, String job, String state, String next, String end) {
        Sql.run(
                database,
                "INSERT INTO qrtz_triggers VALUES ('" + scheduler + "', '" + name + "', '" + group + "', '" + job
                        + "', '"
                        + group + "', NULL, " + next + ", -1, 5, '" + state + "', 'SIMPLE', 1, " + end
                        + ", NULL, 4, NULL)",
                "INSERT INTO qrtz_simple_triggers VALUES ('" + scheduler + "', '" + name + "', '" + group
                        + "', -1, 60000, 0)");
    }

    void fired(@Nullable String state) {
        if (state != null) {
            firedRow("avatar", AVATAR, "status-check", state);
        }
    }

    void firedRow(String group, String name, String job, String state) {
        Sql.run(
                database,
                "INSERT INTO qrtz_fired_triggers VALUES ('avatar-monitor', 'e1', '" + name + "', '" + group
                        + "', 'w1', 1, 1, 5, '" + state + "', '" + job + "', '" + group + "', false, false)");
    }

    List<String> watched() {
        return Sql.rows(database, "SELECT trigger_state, seconds_late FROM v_watched");
    }

    List<String> unwatched() {
        return Sql.rows(database, "SELECT why FROM v_unwatched");
    }

    List<String> stuck() {
        return Sql.rows(database, "SELECT trigger_group, trigger_name, problem FROM v_stuck_triggers");
    }

    @Override
    public void close() {
        fresh.close();
    }

    /** A time as Quartz stores it, relative to the database's clock, rounded down to milliseconds. */
    static String seconds(int fromNow) {
        return "(SELECT CAST(floor(EXTRACT(EPOCH FROM current_timestamp) * 1000) AS bigint) + " + fromNow + " * 1000)";
    }
}
