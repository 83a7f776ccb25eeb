package avatarmonitor.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.QuartzRows;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Verifies that the evidence shows each kind of damage; otherwise the cluster tests would pass without detecting
 * anything.
 */
final class EvidenceTest {
    private static final String REQUEST = "request-1";
    private static final String MODEL = """
            UPDATE avatars SET status = 'COMPLETED', diffusers_lora_file_url = 'https://models.example.com/request-1/lora.safetensors',
              config_file_url = 'https://models.example.com/request-1/config.json'""";

    @AutoClose
    private final TestDatabase.Fresh fresh = TestDatabase.POSTGRESQL_18.fresh();

    private final Avatars avatars = new Avatars(fresh.database());
    private final Training training = new Training(new AvatarId(UUID.randomUUID()), REQUEST, false, End.MODEL);

    @BeforeEach
    void handOver() {
        StatusAudit.install(fresh.database());
        avatars.run(
                "INSERT INTO avatars (id, training_type, status, fal_request_id) VALUES (?, 'PORTRAIT', 'TRAINING', ?)",
                training.avatar().value(),
                REQUEST);
    }

    @Test
    void endAsFalSaidIsInOrder() {
        sql(MODEL);
        tell("watching");
        tell("completed");
        assertThat(problems()).isEmpty();
    }

    @Test
    void trainingThatNeverEndedIsSeen() {
        assertThat(problems()).anyMatch(text -> text.startsWith("status is TRAINING"));
    }

    @Test
    void modelOfAnotherTrainingIsSeen() {
        sql(MODEL.replace("request-1/lora", "request-2/lora"));
        tell("completed");
        assertThat(problems()).singleElement().asString().startsWith("diffusers_lora_file_url is https://");
    }

    @Test
    void secondWriteIsSeenEvenWhenItSaysTheSame() {
        sql(MODEL, MODEL);
        tell("completed");
        assertThat(problems()).containsExactly("its end was written 2 times and not once");
    }

    @Test
    void lateWriteOfSomethingElseIsSeen() {
        sql(MODEL, "UPDATE avatars SET training_progress = 40");
        tell("completed");
        assertThat(problems()).containsExactly("its end was written 2 times and not once");
    }

    @Test
    void secondEventAndWrongEventAreSeen() {
        sql(MODEL);
        tell("completed");
        tell("failed");
        assertThat(problems()).containsExactly("events tell its end as [completed, failed] and not once as completed");
    }

    @Test
    void reasonThatFalNeverGaveIsSeen() {
        sql(MODEL + ", training_error = 'invented'");
        tell("completed");
        assertThat(problems()).containsExactly("training_error is invented and not NULL");
    }

    @Test
    void everyLeftoverOfQuartzIsSeen() {
        assertThat(Leftovers.find(avatars, List.of())).isEmpty();
        sql(
                QuartzRows.STATUS_CHECK_JOB,
                trigger("avatar", "one", "WAITING"),
                trigger("maintenance", "hourly", "ERROR"),
                trigger("RECOVERING_JOBS", "recover", "WAITING"),
                "INSERT INTO qrtz_paused_trigger_grps VALUES ('avatar-monitor', 'avatar')",
                """
                INSERT INTO qrtz_fired_triggers VALUES
                  ('avatar-monitor', 'entry', 'one', 'avatar', 'a-1-0123abcd', 1, 1, 5, 'EXECUTING')""",
                "INSERT INTO qrtz_scheduler_state VALUES ('avatar-monitor', 'a-1-0123abcd', 1, 1000)",
                "INSERT INTO qrtz_scheduler_state VALUES ('avatar-monitor', 'a-12-0123abcd', 1, 1000)",
                "ALTER TABLE qrtz_simple_triggers DROP CONSTRAINT qrtz_simple_triggers_sched_name_trigger_name_trigger_group_fkey",
                "INSERT INTO qrtz_simple_triggers VALUES ('avatar-monitor', 'gone', 'avatar', -1, 1000, 0)");
        assertThat(Leftovers.find(avatars, List.of("a-12")))
                .extracting(text -> text.replaceAll(" \\{.*", ""))
                .containsExactly(
                        "trigger of an avatar that has ended",
                        "trigger that does not wait",
                        "trigger of Quartz's own recovery",
                        "trigger without its other half",
                        "trigger without its other half",
                        "trigger without its other half",
                        "half of a trigger",
                        "firing that nobody finished",
                        "paused group",
                        "check-in of a worker that is gone");
        assertThat(Leftovers.of(avatars, "a-1")).hasSize(2);
        assertThat(Leftovers.of(avatars, "a-12")).hasSize(1);
        assertThat(Leftovers.of(avatars, "b-1")).isEmpty();
    }

    private static String trigger(String group, String name, String state) {
        return """
                INSERT INTO qrtz_triggers
                  (sched_name, trigger_name, trigger_group, job_name, job_group, trigger_state, trigger_type, start_time)
                VALUES ('avatar-monitor', '%s', '%s', 'status-check', 'avatar', '%s', 'SIMPLE', 1)""".formatted(name, group, state);
    }

    private List<String> problems() {
        return new Ends(avatars).problems(training);
    }

    private void tell(String type) {
        avatars.run("""
                INSERT INTO avatar_event (at, avatar_id, fal_request_id, worker, type, detail)
                VALUES (now(), ?, ?, 'a-1', ?, '{}')""", training.avatar().value(), REQUEST, type);
    }

    private void sql(String... statements) {
        Sql.run(fresh.database(), statements);
    }
}
