package avatarmonitor.store.migration;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.inspect.Overview;
import avatarmonitor.store.Database;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(TestDatabase.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ViewsTest {
    @Parameter
    @SuppressWarnings("NullAway.Init")
    private TestDatabase kind;

    /** One database for all tests of the class, since they are many and touch few rows each. */
    @AutoClose
    @SuppressWarnings("NullAway.Init")
    private TrainingRows rows;

    @SuppressWarnings("NullAway.Init")
    private Database database;

    @BeforeParameterizedClassInvocation
    void open() {
        rows = new TrainingRows(kind);
        database = rows.database;
    }

    @BeforeEach
    void oneTraining() {
        rows.startWithOneTraining();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ':',
            value = {
                "v_watched: avatar_id, fal_request_id, fal_status, queue_position, trigger_state, next_check_at, last_check_at,"
                        + " window_ends_at, seconds_late, checks, failures_in_row, last_error, worker, last_answered_at,"
                        + " window_seconds, interval_seconds, deadline, priority",
                "v_unwatched: avatar_id, why, fal_request_id, training_type, training_started_at, seconds_since_start,"
                        + " last_outcome, last_watch_ended_at, last_error, state",
                "v_stalled: avatar_id, fal_request_id, training_type, training_started_at, stalled_at, rounds, checks,"
                        + " last_check_at, fal_status, last_error, outcome, deadline",
                "v_stuck_triggers: trigger_group, trigger_name, avatar_id, trigger_state, problem, next_check_at,"
                        + " window_ends_at, worker",
                "v_workers: instance, last_check_in_at, alive, running_checks, check_in_seconds, started_at, version, http,"
                        + " checks_per_second, late_p50_ms, late_p95_ms, late_p99_ms, fal_paused_until, fal_pause_reason,"
                        + " fal_paused_since, fal_refused, clock_behind_ms, requests_last_minute, answered_last_minute,"
                        + " fal_silent_since, fal_last_failure, requests_per_second_max, interval_ms",
                "v_future_times: place, times, latest",
                "v_recent_events: id, at, avatar_id, fal_request_id, worker, type, detail"
            })
    void columnsStayInTheirOrder(String view, String columns) {
        assertThat(String.join(", ", columnsOf(view))).isEqualTo(columns);
    }

    @Test
    void readyMadeQuestionsCanBeAsked() throws IOException {
        try (DirectoryStream<Path> questions = Files.newDirectoryStream(Path.of("sql/inspect"), "*.sql")) {
            int asked = 0;
            for (Path question : questions) {
                assertThat(metadata(Files.readString(question), ResultSetMetaData::getColumnLabel))
                        .isNotEmpty();
                asked++;
            }
            assertThat(asked).isPositive();
        }
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
    void pausedTriggersAndPausedGroupsAreShown() {
        rows.trigger("PAUSED", TrainingRows.seconds(30), TrainingRows.seconds(3600));
        Sql.run(database, "INSERT INTO qrtz_paused_trigger_grps VALUES ('avatar-monitor', 'avatar')");

        assertThat(rows.stuck())
                .containsExactlyInAnyOrder(
                        "avatar|" + TrainingRows.AVATAR + "|paused",
                        "avatar||the whole group is paused, new triggers too");
    }

    @Test
    void lateTriggerSaysHowLate() {
        rows.trigger("WAITING", TrainingRows.seconds(-100), TrainingRows.seconds(3600));

        // A busy machine may read much later than it wrote.
        assertThat(Sql.rows(database, "SELECT 1 FROM v_watched WHERE seconds_late BETWEEN 100 AND 1000"))
                .hasSize(1);
        assertThat(Sql.rows(
                        database,
                        "SELECT 1 FROM v_watched WHERE next_check_at BETWEEN current_timestamp - INTERVAL '1000' SECOND"
                                + " AND current_timestamp - INTERVAL '100' SECOND"))
                .hasSize(1);
    }

    @Test
    void trainingThatIsToBeAskedAboutLessOftenIsLateAfterThatTimeOnly() {
        rows.trigger("WAITING", TrainingRows.seconds(30), TrainingRows.seconds(3600));
        monitoring("gave_up");
        Sql.run(
                database,
                "UPDATE avatar_monitoring SET outcome = NULL, ended_at = NULL,"
                        + " last_answered_at = current_timestamp - INTERVAL '300' SECOND,"
                        + " next_request_by = current_timestamp + INTERVAL '60' SECOND");
        assertThat(Sql.rows(database, "SELECT 1 FROM v_watched WHERE seconds_late = 0"))
                .hasSize(1);
        assertThat(Overview.read(database, Instant.now()).lateMostSeconds()).isZero();

        Sql.run(database, "UPDATE avatar_monitoring SET next_request_by = current_timestamp - INTERVAL '100' SECOND");
        assertThat(Sql.rows(database, "SELECT 1 FROM v_watched WHERE seconds_late BETWEEN 100 AND 200"))
                .hasSize(1);
        assertThat(Overview.read(database, Instant.now()).lateMostSeconds()).isBetween(100L, 200L);
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

        assertThat(rows.unwatched()).containsExactly(why);
    }

    @Test
    void endOfTheLastWatchIsTheReasonOnlyForTheSameTraining() {
        monitoring("gave_up");
        assertThat(rows.unwatched()).containsExactly("monitoring ended: gave up");

        Sql.run(database, "UPDATE avatars SET fal_request_id = 'req-2'");
        assertThat(rows.unwatched()).containsExactly("no trigger");
    }

    @Test
    void stalledAreThoseThatStillTrain() {
        monitoring("stalled");
        assertThat(Sql.rows(database, "SELECT avatar_id, rounds FROM v_stalled"))
                .containsExactly(TrainingRows.AVATAR + "|3");

        Sql.run(database, "UPDATE avatars SET status = 'error'");
        assertThat(Sql.rows(database, "SELECT avatar_id FROM v_stalled")).isEmpty();
        assertThat(rows.unwatched()).isEmpty();
    }

    @Test
    void workerIsAliveForFiveIntervalsAfterItsCheckIn() {
        rows.trigger("WAITING", TrainingRows.seconds(60), TrainingRows.seconds(3600));
        rows.firedRow("avatar", TrainingRows.AVATAR, "status-check", "EXECUTING");
        Sql.run(
                database,
                "INSERT INTO qrtz_scheduler_state VALUES ('avatar-monitor', 'w1', " + TrainingRows.seconds(-20)
                        + ", 5000)",
                "INSERT INTO qrtz_scheduler_state VALUES ('avatar-monitor', 'w2', " + TrainingRows.seconds(-40)
                        + ", 5000)");

        assertThat(Sql.rows(
                        database,
                        "SELECT instance, CASE WHEN alive THEN 'alive' ELSE 'gone' END, running_checks FROM v_workers"
                                + " ORDER BY 1"))
                .containsExactly("w1|alive|1", "w2|gone|0");
    }

    /** Seconds from now: the next attempt at fal, and the time at which the worker wrote that. */
    @ParameterizedTest
    @CsvSource({
        "key,  -50, -30, true",
        "key,  -50, -90, false",
        "key,  100, -90, true",
        "pace, 100, -5,  true",
        "pace, -1,  -5,  false",
        "NULL,   100, -5,  true",
        "NULL,   -1,  -5,  false"
    })
    void refusedKeyIsShownForAsLongAsTheWorkerSaysSo(String refused, int until, int written, boolean shown) {
        Sql.run(
                database,
                "INSERT INTO qrtz_scheduler_state VALUES ('avatar-monitor', 'w1', " + TrainingRows.seconds(0)
                        + ", 5000)",
                "DELETE FROM avatar_monitor_worker_status",
                "INSERT INTO avatar_monitor_worker_status (instance, at, started_at, version, clock_behind_ms,"
                        + " checks_per_second, fal_paused_until, fal_pause_reason, fal_paused_since, fal_refused)"
                        + " SELECT 'w1', current_timestamp + (" + written
                        + ") * INTERVAL '1' SECOND, current_timestamp,"
                        + " '1', 0, 0, current_timestamp + (" + until + ") * INTERVAL '1' SECOND, 'why',"
                        + " current_timestamp, nullif('" + refused + "', 'NULL')");

        assertThat(Sql.rows(
                        database,
                        "SELECT count(*), count(fal_paused_until), count(fal_paused_since), count(fal_pause_reason),"
                                + " coalesce(max(fal_refused), 'NULL') FROM v_workers"))
                .containsExactly(shown ? "1|1|1|1|" + refused : "1|0|0|0|NULL");
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

    private void monitoring(String outcome) {
        Sql.run(
                database,
                "INSERT INTO avatar_monitoring (avatar_id, fal_request_id, watched_since, window_ends_at, rounds, outcome,"
                        + " ended_at) VALUES ('" + TrainingRows.AVATAR
                        + "', 'req-1', current_timestamp, current_timestamp, 3, '"
                        + outcome + "', current_timestamp)");
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
