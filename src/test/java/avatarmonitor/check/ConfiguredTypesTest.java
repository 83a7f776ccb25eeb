package avatarmonitor.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.avatar.TrainingTypeRegistry;
import avatarmonitor.avatar.TrainingTypes;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.check.decision.Eligibility;
import avatarmonitor.check.decision.ModelRules;
import avatarmonitor.check.decision.Rules;
import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.store.Database;
import avatarmonitor.store.SchemaException;
import avatarmonitor.store.clock.DatabaseTime;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import avatarmonitor.testing.TestRules;
import avatarmonitor.testing.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The configuration alone determines how a training type is monitored, evaluated and stored. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
final class ConfiguredTypesTest {
    private static final String VIDEO = """
            trainings.video {
              endpoint = "fal-ai/wan-22-image-trainer"
              outputs = [{diffusers_lora_file_url = "diffusers_lora_file.url", "order" = "config_file.url",
                          high_noise_lora_url = "high_noise_lora.url"}]
            }""";

    @AutoClose
    private final TestDatabase.Fresh fresh;

    private final Database database;
    private final Avatars avatars;
    private final PlacedFal fal = new PlacedFal();
    private Instant now;

    ConfiguredTypesTest(TestDatabase kind) {
        fresh = kind.fresh();
        database = fresh.database();
        avatars = new Avatars(database);
        now = DatabaseTime.now(database);
    }

    private TrainingTypeRegistry tell(TrainingTypes types) {
        TrainingTypeRegistry registry = new TrainingTypeRegistry(database, types, Duration.ofHours(24), () -> now);
        registry.write();
        return registry;
    }

    private CheckOutcome check(AvatarId id, TrainingTypes types) {
        Rules rules = TestRules.of(
                types,
                3,
                Duration.ofMinutes(10),
                new ModelRules(Types.lengths(500, 255), false),
                tell(types)::otherEndpoints);
        return Checks.asking(fal, database, () -> now, rules).check(id, false);
    }

    private AvatarId watched(String type, String request) {
        AvatarId id = avatars.training(type, request, now);
        Checks.begin(database, id, request, now);
        return id;
    }

    private String why(AvatarId id) {
        return Sql.rows(database, "SELECT why FROM v_unwatched WHERE avatar_id = '" + id + "'")
                .get(0);
    }

    @Test
    void typeThatOnlyTheConfigurationKnowsIsMonitoredToItsEnd() {
        Sql.run(
                database,
                "ALTER TABLE avatars ADD COLUMN high_noise_lora_url varchar(500)",
                "ALTER TABLE avatars ADD COLUMN \"order\" varchar(500)");
        AvatarId id = watched("Video", "r-1");
        Sql.run(database, "UPDATE avatars SET config_file_url = 'old', finetune_id = 'old'");
        assertThat(why(id)).isEqualTo("unknown training_type");
        TrainingTypes types = Types.configured(VIDEO);
        tell(types);
        assertThat(why(id)).isEqualTo("no trigger");

        fal.has("fal-ai/wan-22-image-trainer", "r-1", new FalAnswer.Completed(null));
        fal.returns("""
                {"diffusers_lora_file":{"url":"https://a.example/l"},"config_file":{"url":"https://a.example/c"},
                 "high_noise_lora":{"url":"https://a.example/h"}}""");
        assertThat(check(id, types)).isEqualTo(CheckOutcome.COMPLETED);
        assertThat(avatars.row(id))
                .containsEntry("status", "COMPLETED")
                .containsEntry("diffusers_lora_file_url", "https://a.example/l")
                .containsEntry("order", "https://a.example/c")
                .containsEntry("high_noise_lora_url", "https://a.example/h")
                .containsEntry("config_file_url", null)
                .containsEntry("finetune_id", null);
    }

    @Test
    void columnsThatATypeNamesMustBeThereAndHoldTexts() {
        Sql.run(database, "ALTER TABLE avatars ADD COLUMN \"order\" int");
        assertThatThrownBy(() -> AvatarStore.read(database, Types.configured(VIDEO)))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("column high_noise_lora_url, which trainings.video.outputs names, is missing")
                .hasMessageContaining("column order, which trainings.video.outputs names, is int")
                .hasMessageContaining("must be text or varchar");
        Sql.run(database, "ALTER TABLE avatars DROP COLUMN finetune_id");
        assertThat(AvatarStore.read(database, Types.SHIPPED).schema().has("finetune_id"))
                .isFalse();
    }

    @Test
    void typeThatNoWorkerTellsForMinutesIsUnknownAgain() {
        TrainingTypes more = Types.configured("trainings.video { endpoint = \"o/a\", outputs = [{finetune_id = id}] }");
        AvatarId id = avatars.training("video", "r-1", now);
        tell(more);
        now = now.plus(Duration.ofMinutes(5));
        tell(Types.SHIPPED);
        assertThat(why(id)).as("another worker may still know it").isEqualTo("no trigger");
        now = now.plusSeconds(1);
        tell(Types.SHIPPED);
        assertThat(why(id)).isEqualTo("unknown training_type");
        assertThat(why(avatars.training("STYLE", "r-2", now.minus(Duration.ofHours(1)))))
                .isEqualTo("no trigger");
    }

    @Test
    void endpointOfTheRowWinsAndItsApplicationAloneIsAsked() {
        Sql.run(database, "ALTER TABLE avatars ADD COLUMN fal_endpoint varchar(400)");
        AvatarId id = watched("STYLE", "r-1");
        Sql.run(database, "UPDATE avatars SET fal_endpoint = 'blackforestlabs/flux-3/klein/base/trainer'");
        fal.has("blackforestlabs/flux-3", "r-1", new FalAnswer.Completed(null));
        fal.returns(
                "{\"lora_file\":{\"url\":\"https://a.example/l\"},\"config_file\":{\"url\":\"https://a.example/c\"}}");

        assertThat(why(id)).isEqualTo("no trigger");
        assertThat(check(id, Types.SHIPPED)).isEqualTo(CheckOutcome.COMPLETED);
        assertThat(fal.asked).containsExactly("blackforestlabs/flux-3", "result blackforestlabs/flux-3");
        assertThat(avatars.row(id)).containsEntry("diffusers_lora_file_url", "https://a.example/l");
    }

    @Test
    void viewAndProgramAgreeOnEachEndpointOfARow() {
        Sql.run(database, "ALTER TABLE avatars ADD COLUMN fal_endpoint varchar(400)");
        String[] wrong = {
            "fal-ai",
            "fal-ai/",
            "/fal-ai/x",
            "fal-ai//x",
            "fal-ai/../x",
            "fal-ai/x/..",
            "./x",
            "fal-ai/x y",
            "https://fal.ai/models/fal-ai/x",
            "workflows/me",
            "comfy/me",
            "fal-ai/x\n",
            "fal-ai/ü",
            "a/" + "b".repeat(101),
            "a" + "/b".repeat(100)
        };
        String[] right = {
            "fal-ai/x",
            "fal-ai/x/y/z",
            "workflows/me/x",
            "comfy/me/x/y",
            "a/" + "b".repeat(100),
            " ",
            "\t\n",
            "workflows-x/y",
            "a/..b",
            "a.b/c_d-e",
            "ab" + "/b".repeat(99)
        };
        for (String[] texts : new String[][] {wrong, right}) {
            for (String text : texts) {
                AvatarId id = avatars.training("PORTRAIT", "r-1", now);
                avatars.run("UPDATE avatars SET fal_endpoint = ? WHERE id = ?", text, id.value());
                Avatar avatar = database.<Avatar>read(connection -> AvatarStore.read(database, Types.SHIPPED)
                        .find(connection, id)
                        .orElseThrow());
                Eligibility eligibility = Eligibility.of(avatar, Types.SHIPPED, now);

                assertThat(why(id)).as(text).isEqualTo(texts == right ? "no trigger" : "fal_endpoint is not owner/app");
                assertThat(eligibility instanceof Eligibility.Eligible).as(text).isEqualTo(texts == right);
            }
        }
        AvatarId id = watched("PORTRAIT", "r-2");
        avatars.run("UPDATE avatars SET fal_endpoint = 'fal-ai' WHERE id = ?", id.value());
        assertThat(check(id, Types.SHIPPED)).isEqualTo(CheckOutcome.INVALID);
        assertThat(fal.asked).isEmpty();
    }

    @Test
    void endpointThatIsChangedWhileTrainingsRunFailsNone() {
        AvatarId checked = watched("PORTRAIT", "r-1");
        AvatarId unchecked = watched("PORTRAIT", "r-2");
        fal.has("o/before", "r-1", new FalAnswer.InProgress(null)).has("o/before", "r-2", new FalAnswer.InQueue(0));
        fal.has("o/after", "r-3", new FalAnswer.InQueue(0));
        TrainingTypes before = Types.at("o/before/sub/path", "o/style");
        TrainingTypes after = Types.at("o/after", "o/style");
        assertThat(check(checked, before)).isEqualTo(CheckOutcome.STILL_TRAINING);
        fal.asked.clear();

        assertThat(check(checked, after)).isEqualTo(CheckOutcome.STILL_TRAINING);
        assertThat(fal.asked).as("it is known where the request is").containsExactly("o/before");
        fal.asked.clear();
        assertThat(check(unchecked, after)).isEqualTo(CheckOutcome.STILL_TRAINING);
        assertThat(check(unchecked, after)).isEqualTo(CheckOutcome.STILL_TRAINING);
        assertThat(check(watched("PORTRAIT", "r-3"), after)).isEqualTo(CheckOutcome.STILL_TRAINING);
        assertThat(fal.asked)
                .as("the new one, then the old one, from then on the old one alone")
                .containsExactly("o/after", "o/before", "o/before", "o/after");
        assertThat(avatars.rows("SELECT last_error FROM avatar_monitoring WHERE last_error IS NOT NULL"))
                .isEmpty();

        AvatarId lost = watched("PORTRAIT", "r-4");
        for (int i = 0; i < 2; i++) {
            assertThat(check(lost, after)).isEqualTo(CheckOutcome.STILL_TRAINING);
            now = now.plus(Duration.ofMinutes(5));
        }
        assertThat(check(lost, after)).as("it is in neither").isEqualTo(CheckOutcome.FAILED);
    }

    /**
     * A → B → C within a day, without live workers in between: requests that were submitted to A are still found there.
     */
    @Test
    void endpointsOfTheWholeDayAreRememberedAlsoWhenNoWorkerRanForLong() {
        AvatarId first = watched("PORTRAIT", "r-1");
        AvatarId lost = watched("PORTRAIT", "r-9");
        fal.has("o/a", "r-1", new FalAnswer.InQueue(0)).has("o/b", "r-2", new FalAnswer.InQueue(0));
        fal.has("o/c", "r-3", new FalAnswer.InQueue(0));
        tell(Types.at("o/a", "o/style"));
        now = now.plus(Duration.ofHours(2));
        tell(new TrainingTypes(List.of(Types.at(Types.STYLE, "o/style")))); // the row of the type is pruned
        tell(Types.at("o/b", "o/style"));
        now = now.plus(Duration.ofHours(2));
        TrainingTypes last = Types.at("o/c", "o/style");
        AvatarId second = watched("PORTRAIT", "r-2");

        assertThat(check(first, last)).isEqualTo(CheckOutcome.STILL_TRAINING);
        assertThat(fal.asked).as("the own one, then the latest one first").containsExactly("o/c", "o/b", "o/a");
        assertThat(check(second, last)).isEqualTo(CheckOutcome.STILL_TRAINING);
        for (int i = 0; i < 2; i++) {
            assertThat(check(lost, last)).isEqualTo(CheckOutcome.STILL_TRAINING);
            now = now.plus(Duration.ofMinutes(5));
        }
        assertThat(check(lost, last)).as("it is at none of them").isEqualTo(CheckOutcome.FAILED);
        now = now.plus(Duration.ofHours(25));
        fal.asked.clear();
        assertThat(check(watched("PORTRAIT", "r-3"), last)).isEqualTo(CheckOutcome.STILL_TRAINING);
        assertThat(Sql.rows(database, "SELECT type_name || ' ' || endpoint FROM avatar_monitor_endpoint ORDER BY 1"))
                .as("older trainings are not monitored")
                .containsExactly("PORTRAIT o/c", "STYLE o/style");
    }

    /** The application submits to the new endpoint already, while a worker or command still has the old one. */
    @Test
    void workerWithTheOldEndpointFindsWhatWasSubmittedToTheNewOne() {
        AvatarId id = watched("PORTRAIT", "r-1");
        fal.has("o/new", "r-1", new FalAnswer.InProgress(null)).has("o/old", "r-0", new FalAnswer.InQueue(0));
        tell(Types.at("o/old", "o/style"));
        tell(Types.at("o/new", "o/style"));
        TrainingTypeRegistry command =
                new TrainingTypeRegistry(database, Types.at("o/old", "o/style"), Duration.ofHours(24), () -> now);
        command.read();
        assertThat(command.otherEndpoints(Types.PORTRAIT)).containsExactly("o/new");
        assertThat(command.wasEndpoint("o/new")).isTrue();
        assertThat(command.wasEndpoint("o/old")).as("its own").isFalse();

        for (int i = 0; i < 4; i++) {
            assertThat(check(id, Types.at("o/old", "o/style"))).isEqualTo(CheckOutcome.STILL_TRAINING);
            now = now.plus(Duration.ofMinutes(5));
        }
        assertThat(fal.asked).containsExactly("o/old", "o/new", "o/new", "o/new", "o/new");
    }

    /** A worker of the previous release writes only its type. */
    @Test
    void endpointThatAnEarlierVersionReportedIsRemembered() {
        AvatarId id = watched("PORTRAIT", "r-1");
        fal.has("o/old", "r-1", new FalAnswer.InProgress(null)).has("o/new", "r-0", new FalAnswer.InQueue(0));
        Sql.run(
                database,
                "DELETE FROM avatar_monitor_endpoint",
                "UPDATE avatar_monitor_training_type SET endpoint = 'o/old', seen_at = current_timestamp WHERE name = 'PORTRAIT'");

        assertThat(check(id, Types.at("o/new", "o/style"))).isEqualTo(CheckOutcome.STILL_TRAINING);
        assertThat(fal.asked).containsExactly("o/new", "o/old");
    }

    /** The application corrects the endpoint of a row to a wrong one: fal has answered at the right one before. */
    @Test
    void rowThatNamesAnotherEndpointThanTheOneThatAnsweredIsAskedForAtBoth() {
        Sql.run(database, "ALTER TABLE avatars ADD COLUMN fal_endpoint text");
        AvatarId id = watched("PORTRAIT", "r-1");
        fal.has("o/right", "r-1", new FalAnswer.InProgress(null)).has("o/wrong", "r-0", new FalAnswer.InQueue(0));
        TrainingTypes types = Types.at("o/right", "o/style");
        assertThat(check(id, types)).isEqualTo(CheckOutcome.STILL_TRAINING);
        avatars.run("UPDATE avatars SET fal_endpoint = 'o/wrong' WHERE id = ?", id.value());
        for (int i = 0; i < 4; i++) {
            assertThat(check(id, types)).isEqualTo(CheckOutcome.STILL_TRAINING);
            now = now.plus(Duration.ofMinutes(5));
        }
        assertThat(avatars.row(id)).containsEntry("status", "TRAINING");
    }

    /** An application that fal does not have says nothing about the request, at any position in the order. */
    @Test
    void requestThatMayBeAtAnUnknownApplicationIsNotLost() {
        AvatarId id = watched("PORTRAIT", "r-1");
        fal.has("o/a", "r-0", new FalAnswer.InQueue(0)).has("o/c", "r-0", new FalAnswer.InQueue(0));
        for (String endpoint : List.of("o/a", "o/gone", "o/c")) {
            tell(Types.at(endpoint, "o/style"));
            now = now.plusSeconds(60);
        }
        for (int i = 0; i < 5; i++) {
            assertThat(check(id, Types.at("o/c", "o/style"))).isEqualTo(CheckOutcome.STILL_TRAINING);
            now = now.plus(Duration.ofMinutes(5));
        }
        assertThat(avatars.rows("SELECT last_fal_status, last_error FROM avatar_monitoring")
                        .toString())
                .contains("APPLICATION_UNKNOWN", "o/gone");
    }

    @Test
    void misspeltNewEndpointDoesNotHideTheOldOneAndNoTrainingIsLostByIt() {
        AvatarId old = watched("PORTRAIT", "r-1");
        AvatarId fresh = watched("PORTRAIT", "r-2");
        fal.has("o/before", "r-1", new FalAnswer.InProgress(null));
        TrainingTypes before = Types.at("o/before", "o/style");
        TrainingTypes misspelt = Types.at("o/aftre", "o/style");
        tell(before);
        for (int i = 0; i < 5; i++) {
            assertThat(check(old, misspelt)).isEqualTo(CheckOutcome.STILL_TRAINING);
            assertThat(check(fresh, misspelt)).isEqualTo(CheckOutcome.STILL_TRAINING);
            now = now.plus(Duration.ofMinutes(4));
        }
        assertThat(avatars.rows("SELECT fal_request_id, last_fal_status, endpoint FROM avatar_monitoring ORDER BY 1")
                        .toString())
                .isEqualTo("[{fal_request_id=r-1, last_fal_status=IN_PROGRESS, endpoint=o/before},"
                        + " {fal_request_id=r-2, last_fal_status=APPLICATION_UNKNOWN, endpoint=null}]");
    }
}
