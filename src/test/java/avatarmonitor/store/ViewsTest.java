package avatarmonitor.store;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(TestDatabase.class)
final class ViewsTest {
    private static final String AVATAR = "11111111-2222-3333-4444-555555555555";

    @AutoClose
    private final TestDatabase.Fresh fresh;

    private final Database database;

    ViewsTest(TestDatabase kind) {
        fresh = kind.fresh();
        database = fresh.database();
    }

    @BeforeEach
    void oneTraining() {
        Sql.run(
                database,
                "INSERT INTO avatars (id, status, training_type, fal_request_id, training_started_at) VALUES ('"
                        + AVATAR + "', 'training', 'Portrait', 'req-1', current_timestamp - INTERVAL '10' MINUTE)",
                """
                INSERT INTO qrtz_job_details VALUES
                  ('avatar-monitor', 'status-check', 'avatar', NULL, 'x', true, false, false, false, NULL),
                  ('avatar-monitor', 'reconcile', 'maintenance', NULL, 'x', true, true, false, false, NULL)
                """);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ':',
            value = {
                "v_watched: avatar_id, fal_request_id, fal_status, queue_position, trigger_state, next_check_at, last_check_at,"
                        + " window_ends_at, seconds_late, checks, failures_in_row, last_error, worker",
                "v_unwatched: avatar_id, why, fal_request_id, training_type, training_started_at, seconds_since_start,"
                        + " last_outcome, last_watch_ended_at, last_error",
                "v_stalled: avatar_id, fal_request_id, training_type, training_started_at, stalled_at, rounds, checks,"
                        + " last_check_at, fal_status, last_error",
                "v_stuck_triggers: trigger_group, trigger_name, avatar_id, trigger_state, problem, next_check_at,"
                        + " window_ends_at, worker",
                "v_workers: instance, last_check_in_at, alive, running_checks, check_in_seconds",
                "v_recent_events: id, at, avatar_id, fal_request_id, worker, type, detail"
            })
    void columnsStayInTheirOrder(String view, String columns) {
        assertThat(String.join(", ", columnsOf(view))).isEqualTo(columns);
    }

    @Test
    void timesCarryTheirZone() {
        assertThat(typesOf("SELECT next_check_at, last_check_at, window_ends_at FROM v_watched"))
                .allMatch(type -> type.contains("timestamptz") || type.contains("WITH TIME ZONE"));
        assertThat(typesOf("SELECT training_started_at, last_watch_ended_at FROM v_unwatched"))
                .allMatch(type -> type.contains("timestamptz") || type.contains("WITH TIME ZONE"));
        assertThat(typesOf("SELECT last_check_in_at FROM v_workers"))
                .allMatch(type -> type.contains("timestamptz") || type.contains("WITH TIME ZONE"));
    }

    @Test
    void trainingWithoutTriggerIsUnwatchedAndOneWithTriggerIsWatched() {
        assertThat(unwatched()).containsExactly("no trigger");
        assertThat(watched()).isEmpty();

        trigger("WAITING", seconds(30), seconds(3600));

        assertThat(unwatched()).isEmpty();
        assertThat(watched()).containsExactly("waiting|0");
        assertThat(stuck()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // state | next fire | end | fired row | words (watched) or problem (stuck)
                "WAITING  | -90  | 3600 |           | waiting",
                "ACQUIRED | -90  | 3600 |           | about to check",
                "ACQUIRED | -300 | 3600 | ACQUIRED  | about to check",
                "WAITING  | 60   | 3600 | EXECUTING | checking",
                "COMPLETE | -300 | -300 | EXECUTING | checking",
                "WAITING  | -300 | -300 | EXECUTING | checking",
                "WAITING  | -60  | -60  |           | waiting",
                "PAUSED   | -60  | 3600 |           | paused"
            })
    void triggerThatWillStillDoSomethingIsLive(String state, int next, int end, @Nullable String fired, String words) {
        trigger(state, seconds(next), seconds(end));
        fired(fired);

        assertThat(watched()).singleElement().asString().startsWith(words + "|");
        assertThat(unwatched()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ERROR    | 60   | 3600 |          | in state ERROR, Quartz never fires it again",
                "COMPLETE | -300 | -300 |          | finished but not removed",
                "ACQUIRED | -300 | 3600 |          | left in state ACQUIRED by a worker that is gone",
                "BLOCKED  | -300 | 3600 |          | left in state BLOCKED by a worker that is gone",
                "WAITING  | -300 | -300 |          | its window has ended but it was not removed",
                "PAUSED   | -300 | -300 |          | its window has ended but it was not removed"
            })
    void triggerThatNeverFiresAgainIsNotLive(String state, int next, int end, @Nullable String fired, String problem) {
        trigger(state, seconds(next), seconds(end));
        fired(fired);

        assertThat(watched()).isEmpty();
        assertThat(unwatched()).containsExactly("trigger broken: " + problem);
        assertThat(stuck()).containsExactly("avatar|" + AVATAR + "|" + problem);
    }

    @Test
    void triggerWithoutItsSecondRowIsNotLive() {
        trigger("WAITING", seconds(30), seconds(3600));
        Sql.run(database, "DELETE FROM qrtz_simple_triggers");

        assertThat(unwatched()).containsExactly("trigger broken: its row in qrtz_simple_triggers is missing");
    }

    @Test
    void triggerOfAnotherSchedulerIsNotOurs() {
        Sql.run(
                database,
                "INSERT INTO qrtz_job_details VALUES ('other', 'status-check', 'avatar', NULL, 'x', true, false, false, false, NULL)");
        trigger("other", "avatar", AVATAR, "status-check", "WAITING", seconds(30), seconds(3600));

        assertThat(unwatched()).containsExactly("no trigger");
        assertThat(watched()).isEmpty();
    }

    @Test
    void maintenanceThatWaitsForItsOwnJobIsNotStuck() {
        trigger("avatar-monitor", "maintenance", "retry", "reconcile", "BLOCKED", seconds(-300), "0");
        assertThat(stuck()).hasSize(1);

        firedRow("maintenance", "hourly", "reconcile", "EXECUTING");

        assertThat(stuck()).isEmpty();
    }

    @Test
    void pausedTriggersAndPausedGroupsAreShown() {
        trigger("PAUSED", seconds(30), seconds(3600));
        Sql.run(database, "INSERT INTO qrtz_paused_trigger_grps VALUES ('avatar-monitor', 'avatar')");

        assertThat(stuck())
                .containsExactlyInAnyOrder(
                        "avatar|" + AVATAR + "|paused", "avatar||the whole group is paused, new triggers too");
    }

    @Test
    void lateTriggerSaysHowLate() {
        trigger("WAITING", seconds(-100), seconds(3600));

        assertThat(Sql.rows(database, "SELECT 1 FROM v_watched WHERE seconds_late BETWEEN 100 AND 110"))
                .hasSize(1);
        assertThat(Sql.rows(
                        database,
                        "SELECT 1 FROM v_watched WHERE next_check_at BETWEEN current_timestamp - INTERVAL '110' SECOND"
                                + " AND current_timestamp - INTERVAL '100' SECOND"))
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "fal_request_id = NULL                                            | no fal_request_id",
                "fal_request_id = '  '                                            | no fal_request_id",
                "fal_request_id = '../../x'                                       | fal_request_id is not one that fal gives",
                "training_type = 'video'                                          | unknown training_type",
                "training_type = NULL                                             | unknown training_type",
                "training_started_at = NULL                                       | no training_started_at",
                "training_started_at = current_timestamp + INTERVAL '1' HOUR      | training_started_at lies in the future"
            })
    void reasonIsGivenInWords(String change, String why) {
        Sql.run(database, "UPDATE avatars SET " + change);

        assertThat(unwatched()).containsExactly(why);
    }

    @Test
    void endOfTheLastWatchIsTheReasonOnlyForTheSameTraining() {
        monitoring("gave_up");
        assertThat(unwatched()).containsExactly("watch ended: gave up");

        Sql.run(database, "UPDATE avatars SET fal_request_id = 'req-2'");
        assertThat(unwatched()).containsExactly("no trigger");
    }

    @Test
    void stalledAreThoseThatStillTrain() {
        monitoring("stalled");
        assertThat(Sql.rows(database, "SELECT avatar_id, rounds FROM v_stalled"))
                .containsExactly(AVATAR + "|3");

        Sql.run(database, "UPDATE avatars SET status = 'error'");
        assertThat(Sql.rows(database, "SELECT avatar_id FROM v_stalled")).isEmpty();
        assertThat(unwatched()).isEmpty();
    }

    @Test
    void workerIsAliveForFiveIntervalsAfterItsCheckIn() {
        trigger("WAITING", seconds(60), seconds(3600));
        firedRow("avatar", AVATAR, "status-check", "EXECUTING");
        Sql.run(
                database,
                "INSERT INTO qrtz_scheduler_state VALUES ('avatar-monitor', 'w1', " + seconds(-20) + ", 5000)",
                "INSERT INTO qrtz_scheduler_state VALUES ('avatar-monitor', 'w2', " + seconds(-40) + ", 5000)");

        assertThat(Sql.rows(
                        database,
                        "SELECT instance, CASE WHEN alive THEN 'alive' ELSE 'gone' END, running_checks FROM v_workers"
                                + " ORDER BY 1"))
                .containsExactly("w1|alive|1", "w2|gone|0");
    }

    @Test
    void eventsOfTheLastWeekComeNewestFirst() {
        Sql.run(
                database,
                "INSERT INTO avatar_event (at, worker, type, detail) VALUES"
                        + " (current_timestamp - INTERVAL '8' DAY, 'w', 'old', '{}')",
                "INSERT INTO avatar_event (at, worker, type, detail) VALUES (current_timestamp, 'w', 'first', '{}')",
                "INSERT INTO avatar_event (at, worker, type, detail) VALUES (current_timestamp, 'w', 'second', '{}')");

        assertThat(Sql.rows(database, "SELECT type FROM v_recent_events")).containsExactly("second", "first");
    }

    private void trigger(String state, String next, String end) {
        trigger("avatar-monitor", "avatar", AVATAR, "status-check", state, next, end);
    }

    private void trigger(
            String scheduler, String group, String name, String job, String state, String next, String end) {
        Sql.run(
                database,
                "INSERT INTO qrtz_triggers VALUES ('" + scheduler + "', '" + name + "', '" + group + "', '" + job
                        + "', '"
                        + group + "', NULL, " + next + ", -1, 5, '" + state + "', 'SIMPLE', 1, " + end
                        + ", NULL, 4, NULL)",
                "INSERT INTO qrtz_simple_triggers VALUES ('" + scheduler + "', '" + name + "', '" + group
                        + "', -1, 60000, 0)");
    }

    private void fired(@Nullable String state) {
        if (state != null) {
            firedRow("avatar", AVATAR, "status-check", state);
        }
    }

    private void firedRow(String group, String name, String job, String state) {
        Sql.run(
                database,
                "INSERT INTO qrtz_fired_triggers VALUES ('avatar-monitor', 'e1', '" + name + "', '" + group
                        + "', 'w1', 1, 1, 5, '" + state + "', '" + job + "', '" + group + "', false, false)");
    }

    private void monitoring(String outcome) {
        Sql.run(
                database,
                "INSERT INTO avatar_monitoring (avatar_id, fal_request_id, watched_since, window_ends_at, rounds, outcome,"
                        + " ended_at) VALUES ('" + AVATAR + "', 'req-1', current_timestamp, current_timestamp, 3, '"
                        + outcome + "', current_timestamp)");
    }

    private List<String> watched() {
        return Sql.rows(database, "SELECT trigger_state, seconds_late FROM v_watched");
    }

    private List<String> unwatched() {
        return Sql.rows(database, "SELECT why FROM v_unwatched");
    }

    private List<String> stuck() {
        return Sql.rows(database, "SELECT trigger_group, trigger_name, problem FROM v_stuck_triggers");
    }

    /** A moment as Quartz stores it, seconds from now on the database's clock. */
    private static String seconds(int fromNow) {
        return "(SELECT CAST(EXTRACT(EPOCH FROM current_timestamp) * 1000 AS bigint) + " + fromNow + " * 1000)";
    }

    private List<String> columnsOf(String view) {
        return metadata("SELECT * FROM " + view, ResultSetMetaData::getColumnLabel);
    }

    private List<String> typesOf(String query) {
        return metadata(query, ResultSetMetaData::getColumnTypeName);
    }

    private interface Fact {
        String of(ResultSetMetaData facts, int column) throws SQLException;
    }

    private List<String> metadata(String query, Fact fact) {
        return database.read(connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(query)) {
                List<String> found = new ArrayList<>();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    found.add(fact.of(rows.getMetaData(), i));
                }
                return found;
            }
        });
    }
}
