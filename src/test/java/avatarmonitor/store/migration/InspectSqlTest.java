package avatarmonitor.store.migration;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.store.Database;
import avatarmonitor.store.sql.Dialect;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.QuartzRows;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The queries under {@code sql/inspect}: each is one statement that runs unchanged and finds its subject. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
class InspectSqlTest {
    private static final Path QUESTIONS = Path.of("sql/inspect");

    @Parameter
    private TestDatabase database = TestDatabase.H2;

    @Test
    void eachQuestionFindsItsRow() throws IOException {
        try (TestDatabase.Fresh fresh = database.fresh()) {
            rows(fresh.database());
            try (Stream<Path> files = Files.list(QUESTIONS)) {
                List<Path> questions = files.sorted().toList();
                assertThat(questions).hasSize(14);
                for (Path question : questions) {
                    assertThat(Sql.rows(fresh.database(), statement(question)))
                            .as("%s on %s", question, database)
                            .isNotEmpty();
                }
            }
        }
    }

    /** Returns the statement as a shell sees it: without comments, one statement, terminated by a semicolon. */
    private static String statement(Path question) throws IOException {
        String text = Files.readString(question);
        assertThat(text).as("%s tells what it answers", question).startsWith("-- ");
        String sql = text.replaceAll("(?m)^--.*$", "").strip();
        assertThat(sql.indexOf(';')).as("one statement in %s", question).isEqualTo(sql.length() - 1);
        return sql.substring(0, sql.length() - 1);
    }

    private static void rows(Database database) {
        Avatars avatars = new Avatars(database);
        long now = InstantSource.system().instant().toEpochMilli();
        var watched = avatars.insert(
                "PORTRAIT",
                "TRAINING",
                "req-1",
                InstantSource.system().instant().minusSeconds(60));
        avatars.insert(
                "style", "TRAINING", "req-2", InstantSource.system().instant().minusSeconds(60));
        var done = avatars.insert(
                "STYLE", "COMPLETED", "req-3", InstantSource.system().instant().minusSeconds(60));
        avatars.run(QuartzRows.STATUS_CHECK_JOB);
        avatars.run(
                "INSERT INTO qrtz_triggers (sched_name, trigger_name, trigger_group, job_name, job_group, next_fire_time,"
                        + " trigger_state, trigger_type, start_time, end_time) VALUES"
                        + " ('avatar-monitor', ?, 'avatar', 'status-check', 'avatar', ?, 'WAITING', 'SIMPLE', 0, ?)",
                watched.toString(),
                now - 30_000,
                now + 3_600_000);
        avatars.run(
                "INSERT INTO qrtz_simple_triggers (sched_name, trigger_name, trigger_group, repeat_count, repeat_interval,"
                        + " times_triggered) VALUES ('avatar-monitor', ?, 'avatar', -1, 60000, 0)",
                watched.toString());
        avatars.run(
                "INSERT INTO qrtz_scheduler_state (sched_name, instance_name, last_checkin_time, checkin_interval)"
                        + " VALUES ('avatar-monitor', 'w-1', ?, 2000)",
                now);
        String event = "INSERT INTO avatar_event (at, avatar_id, fal_request_id, worker, type, detail)"
                + " VALUES (current_timestamp, ?, ?, 'w-1', ?, "
                + (database.dialect() == Dialect.H2 ? "JSON '{}'" : "'{}'")
                + ")";
        avatars.run(event, watched.value(), "req-1", "watching");
        avatars.run(event, done.value(), "req-3", "completed");
        avatars.run(event, done.value(), "req-3", "failed");
        avatars.run(event, watched.value(), "req-1", "repaired");
        avatars.run(event, watched.value(), null, "operator_action");
        avatars.run(
                "INSERT INTO qrtz_fired_triggers (sched_name, entry_id, trigger_name, trigger_group, instance_name,"
                        + " fired_time, sched_time, priority, state)"
                        + " VALUES ('avatar-monitor', 'e', ?, 'avatar', 'w-1', ?, ?, 5, 'EXECUTING')",
                watched.toString(),
                now,
                now);
        avatars.run(
                "INSERT INTO avatar_monitor_check (at, avatar_id, worker, outcome, fal_status, took_ms, error)"
                        + " VALUES (current_timestamp, ?, 'w-1', 'still_training', 'TIMEOUT', 5, 'no answer')",
                watched.value());
    }
}
