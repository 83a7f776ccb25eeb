package avatarmonitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.cli.CommandFixture.Ran;
import avatarmonitor.emulator.EmulatorConfig;
import avatarmonitor.emulator.FalEmulator;
import avatarmonitor.emulator.scenario.Fault;
import avatarmonitor.emulator.scenario.Outcome;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.fal.FalKey;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.UUID;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** One check requested by an operator, against a real queue. */
class CheckCommandTest {
    private static final String ENDPOINT = "fal-ai/flux-lora-portrait-trainer";

    @AutoClose
    private final FalEmulator fal = FalEmulator.start(EmulatorConfig.local().withKey(new FalKey("id:right")));

    @AutoClose
    private final CommandFixture fixture = CommandFixture.against(fal);

    private AvatarId training(Scenario scenario) {
        fal.register(ENDPOINT, "req-1", scenario);
        return fixture.training("req-1");
    }

    @Test
    void endedTrainingIsWrittenAndItsTriggerRemoved() {
        AvatarId id = training(Scenario.ended(Outcome.success()));
        fixture.run("monitor", id.toString());

        Ran ran = fixture.run("check", id.toString());

        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(ran.out()).contains(id + ": completed", "its status is COMPLETED");
        assertThat(fixture.avatars.row(id)).containsEntry("status", "COMPLETED");
        assertThat(fixture.avatars.count("SELECT count(*) FROM qrtz_triggers WHERE trigger_group = 'avatar'"))
                .isZero();
    }

    @Test
    void trainingThatGoesOnKeepsItsTriggerAndIsReported() {
        AvatarId id = training(Scenario.standard());
        fixture.run("monitor", id.toString());

        Ran ran = fixture.run("check", id.toString(), "--json");

        assertThat(ran.exit()).as(ran.err()).isZero();
        JsonObject told = JsonParser.parseString(ran.out()).getAsJsonObject();
        assertThat(told.keySet())
                .containsExactly("avatar_id", "outcome", "fal_answered", "fal_said", "status", "polling_paused");
        assertThat(told.get("outcome").getAsString()).isEqualTo("still_training");
        assertThat(told.get("fal_answered").getAsBoolean()).isTrue();
        assertThat(fixture.avatars.count("SELECT count(*) FROM v_watched")).isEqualTo(1);
    }

    @Test
    void trainingThatIsCancelledAtFalStaysMonitored() {
        AvatarId id = training(Scenario.standard());
        AvatarId ended = fixture.avatars.insert("STYLE", "ERROR", "req-2", CommandFixture.now());

        Ran ran = fixture.run("unmonitor", "--cancel-at-fal", id.toString());
        Ran refused = fixture.run("unmonitor", "--cancel-at-fal", "--json", ended.toString());

        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(ran.out()).contains(id + ": fal has taken the cancel; the avatar stays monitored");
        assertThat(fixture.avatars.count("SELECT count(*) FROM v_watched")).isEqualTo(1);
        assertThat(fixture.avatars.row(id)).containsEntry("status", "TRAINING");
        assertThat(fixture.run("show", id.toString()).out()).contains("cancel_requested");
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.out()).contains("\"outcome\": \"refused\"", "its status is ERROR, not TRAINING");
    }

    @Test
    void avatarThatNobodyWatchesIsCheckedToo() {
        AvatarId id = training(Scenario.ended(Outcome.validationError("image_load_error", "no image")));

        Ran ran = fixture.run("check", id.toString());

        assertThat(ran.exit()).isZero();
        assertThat(ran.out()).contains("failed", "no image", "its status is ERROR");
    }

    @Test
    void falThatDoesNotAnswerIsAFailureEvenForAnAvatarThatNobodyWatches() {
        AvatarId id = training(Scenario.standard());
        fal.inject(Fault.badGateway());

        Ran ran = fixture.run("check", id.toString());

        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err()).contains("fal gave no usable answer", "502", "its status is TRAINING");
        assertThat(ran.out()).isEmpty();
        assertThat(fixture.run("check", "--json", id.toString()).out()).contains("\"fal_answered\": false");
    }

    @Test
    void refusedKeyIsAFailureThatLeavesTheAvatarAlone() {
        AvatarId id = training(Scenario.ended(Outcome.success()));
        fixture.variable("FAL_KEY", "id:wrong-secret");

        Ran ran = fixture.run("check", id.toString());

        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err())
                .contains("(fal refused the key, HTTP 401: ")
                .doesNotContain("wrong-secret", "HTTP 401: HTTP");
        assertThat(fixture.avatars.row(id)).containsEntry("status", "TRAINING");
        assertThat(fixture.avatars.count("SELECT count(*) FROM avatar_event WHERE type <> 'operator_action'"))
                .as("the key of a shell is no matter of the workers")
                .isZero();
        assertThat(fixture.avatars.count("SELECT count(*) FROM avatar_monitor_worker_status"))
                .isZero();
    }

    @Test
    void endThatTheDatabaseRefusesIsAFailureThatSaysWhatToDo() {
        AvatarId id = training(Scenario.ended(Outcome.success()));
        fixture.avatars.run("ALTER TABLE avatars ADD CONSTRAINT no_end CHECK (training_completed_at IS NULL)");

        Ran ran = fixture.run("check", id.toString());

        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err())
                .contains(id + ": write refused (", "its status is TRAINING")
                .contains("The database refused to write the end", "avatar-monitor show " + id, "constraint");
        Ran json = fixture.run("check", id.toString(), "--json");
        assertThat(json.exit()).isEqualTo(1);
        assertThat(JsonParser.parseString(json.out())
                        .getAsJsonObject()
                        .get("outcome")
                        .getAsString())
                .isEqualTo("write_refused");
        assertThat(json.err()).contains("The database refused to write the end");
    }

    @Test
    void nothingToAskIsNoFailure() {
        AvatarId done = fixture.avatars.insert("STYLE", "COMPLETED", "req-2", CommandFixture.now());

        assertThat(fixture.run("check", done.toString()))
                .isEqualTo(new Ran(0, done + ": not training (fal was not asked); its status is COMPLETED\n", ""));
        assertThat(fal.calls()).isEmpty();
    }

    @Test
    void avatarThatDoesNotExistIsAFailure() {
        AvatarId none = new AvatarId(UUID.randomUUID());
        Ran expected = new Ran(1, "", "There is no avatar " + none + ".\n");

        assertThat(fixture.run("check", none.toString())).isEqualTo(expected);
        assertThat(fixture.run("check", "--json", none.toString())).isEqualTo(expected);
        assertThat(fal.calls()).isEmpty();
    }

    @Test
    void withoutKeyItIsAWrongConfigurationThatSaysHowToSetIt() {
        AvatarId id = fixture.training("req-1");
        fixture.variable("FAL_KEY", "");

        Ran ran = fixture.run("check", id.toString());

        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err()).contains("fal.key", "environment variable FAL_KEY");
    }
}
