package avatarmonitor.check.decision;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.TrainingType;
import avatarmonitor.avatar.TrainingType.ModelCheck;
import avatarmonitor.avatar.TrainingTypes;
import avatarmonitor.check.decision.NextAction.AskStatus;
import avatarmonitor.check.decision.UnwrittenEnd.Ending;
import avatarmonitor.fal.FalRequest;
import avatarmonitor.fal.FalRequestId;
import avatarmonitor.fal.ModelLife;
import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.fal.answer.PlatformApiAnswer;
import avatarmonitor.testing.TestRules;
import avatarmonitor.testing.Types;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Steps of a check after its first request: other endpoints, files of a model, kept ends, the platform API. */
final class DecisionStepsTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final String ID = "r-1";
    private static final FalRequest FIRST = new FalRequest("fal-ai/now", new FalRequestId(ID), "portrait");
    private static final FalRequest SECOND = new FalRequest("fal-ai/before", new FalRequestId(ID), "portrait");
    private static final JsonObject MODEL = JsonParser.parseString("""
            {"diffusers_lora_file": {"url": "https://files.example.com/lora.safetensors"},
             "config_file": {"url": "https://files.example.com/config.json"}}""").getAsJsonObject();
    private static final FalAnswer.NotFound NOT_FOUND = new FalAnswer.NotFound("HTTP 404");
    private static final FalAnswer.ApplicationUnknown UNKNOWN = new FalAnswer.ApplicationUnknown("HTTP 404: none");

    @Test
    void nextEndpointIsAskedOnlyWhenOneDoesNotHaveTheRequest() {
        assertThat(decide(known().withStatus(FIRST, NOT_FOUND, true))).isEqualTo(new AskStatus(SECOND, true));
        assertThat(decide(known().withStatus(FIRST, UNKNOWN, false))).isEqualTo(new AskStatus(SECOND, false));
        assertThat(observed(known().withStatus(FIRST, new FalAnswer.InQueue(2), false))
                        .endpoint())
                .as("fal answered about the request there")
                .isEqualTo("fal-ai/now");
        CheckState second = known().withStatus(FIRST, NOT_FOUND, false);
        assertThat(observed(second.withStatus(SECOND, new FalAnswer.InProgress(7), false)))
                .satisfies(seen -> assertThat(seen.endpoint()).isEqualTo("fal-ai/before"))
                .satisfies(seen -> assertThat(seen.progress()).isEqualTo(7));
        assertThat(decide(second.withStatus(SECOND, new FalAnswer.Completed(null), false)))
                .isEqualTo(new NextAction.AskResult(SECOND));
    }

    @Test
    void unknownApplicationDecidesOtherwiseTheFirstEndpoint() {
        assertThat(observed(known().withStatus(FIRST, NOT_FOUND, false).withStatus(SECOND, UNKNOWN, false))
                        .falStatus())
                .isEqualTo("APPLICATION_UNKNOWN");
        NextAction.Observed lost =
                observed(known().withStatus(FIRST, UNKNOWN, false).withStatus(SECOND, NOT_FOUND, false));
        assertThat(lost.falStatus()).isEqualTo("APPLICATION_UNKNOWN");
        NextAction.Observed both =
                observed(known().withStatus(FIRST, UNKNOWN, false).withStatus(SECOND, UNKNOWN, false));
        assertThat(both.error()).contains("fal-ai/now");
        assertThat(both.endpoint()).isNull();
        assertThat(observed(known().withStatus(FIRST, NOT_FOUND, false).withStatus(SECOND, NOT_FOUND, false)))
                .satisfies(seen -> assertThat(seen.falStatus()).isEqualTo("NOT_FOUND"))
                .satisfies(seen -> assertThat(seen.endpoint()).isNull());
    }

    @Test
    void filesOfAModelAreCheckedAsTheTypeWants() {
        CheckState done = completed();
        assertThat(decide(ModelCheck.OFF, done)).isInstanceOf(NextAction.Complete.class);
        assertThat(decide(ModelCheck.WARN, done))
                .isEqualTo(new NextAction.AskFiles(
                        Set.of("https://files.example.com/lora.safetensors", "https://files.example.com/config.json")));
        assertThat(warning(decide(ModelCheck.REQUIRE, done.withFiles(new ModelLife.Alive()))))
                .isNull();
        assertThat(warning(decide(ModelCheck.WARN, done.withFiles(new ModelLife.Gone("HTTP 404")))))
                .isEqualTo("HTTP 404");
        assertThat(warning(decide(ModelCheck.WARN, done.withFiles(new ModelLife.Unclear("HTTP 500")))))
                .isEqualTo("HTTP 500");
        assertThat(decide(ModelCheck.REQUIRE, done.withFiles(new ModelLife.Gone("HTTP 404"))))
                .isInstanceOfSatisfying(
                        NextAction.Fail.class,
                        fail -> assertThat(fail.reason()).isEqualTo("fal returned no usable model: HTTP 404"));
        assertThat(decide(ModelCheck.REQUIRE, done.withFiles(new ModelLife.Unclear("HTTP 500"))))
                .isInstanceOfSatisfying(
                        NextAction.KeepMonitoring.class,
                        keep -> assertThat(keep.observed().error())
                                .isEqualTo("CONNECTION: a file of the model: HTTP 500"));
    }

    @Test
    void keptEndOfThisRequestIsWrittenWithoutARequest() {
        assertThat(decide(kept(ID, Ending.COMPLETED, MODEL))).isInstanceOf(NextAction.Complete.class);
        assertThat(decide(kept(ID, Ending.COMPLETED, new JsonObject())))
                .as("no longer a model")
                .isInstanceOf(AskStatus.class);
        assertThat(decide(kept("r-0", Ending.COMPLETED, MODEL)))
                .as("another request")
                .isInstanceOf(AskStatus.class);
        assertThat(decide(kept(ID, Ending.FAILED, null))).isInstanceOf(NextAction.Fail.class);
        assertThat(decide(kept(ID, Ending.CANCELLED, null))).isEqualTo(new NextAction.Cancel("why"));
    }

    @Test
    void platformApiDecidesAboutALostRequest() {
        CheckState lost = known().withStatus(FIRST, NOT_FOUND, false).withStatus(SECOND, NOT_FOUND, false);
        assertThat(decide(lost.withHistory(new PlatformApiAnswer.Ended(200, MODEL))))
                .isInstanceOf(NextAction.Complete.class);
        assertThat(reason(lost, new PlatformApiAnswer.Ended(400, null)))
                .isEqualTo("by fal's platform API: fal gave no reason (HTTP 400)");
        assertThat(reason(lost, new PlatformApiAnswer.Ended(399, MODEL)))
                .isEqualTo("by fal's platform API: the training ended with HTTP 399, but its result was not kept");
        assertThat(reason(lost, new PlatformApiAnswer.Ended(200, null)))
                .isEqualTo("by fal's platform API: the training ended with HTTP 200, but its result was not kept");
    }

    private static String reason(CheckState lost, PlatformApiAnswer.Ended ended) {
        return ((NextAction.Fail) decide(lost.withHistory(ended))).reason();
    }

    private static @Nullable String warning(NextAction step) {
        return ((NextAction.Complete) step).warning();
    }

    private static NextAction.Observed observed(CheckState known) {
        return ((NextAction.KeepMonitoring) decide(known)).observed();
    }

    private static CheckState completed() {
        return known().withStatus(FIRST, new FalAnswer.Completed(null), false).withResult(new FalAnswer.Output(MODEL));
    }

    private static CheckState kept(String request, Ending ending, @Nullable JsonObject body) {
        return known().withKept(new UnwrittenEnd(request, ending, "COMPLETED", "why", null, body, NOW));
    }

    private static CheckState known() {
        AvatarId id = new AvatarId(UUID.fromString("0198a1b2-0000-7000-8000-0000000000aa"));
        Avatar avatar = new Avatar(id, "PORTRAIT", "TRAINING", ID, NOW.minusSeconds(300), null);
        return CheckState.fromDatabase(avatar, Monitoring.unknown(ID, NOW.plusSeconds(3_600)), false, NOW);
    }

    private static NextAction decide(CheckState known) {
        return decide(ModelCheck.OFF, known);
    }

    private static NextAction decide(ModelCheck check, CheckState known) {
        TrainingType type = new TrainingType("portrait", "fal-ai/now", Types.PORTRAIT.outputs(), check);
        return new Decision(TestRules.of(
                        new TrainingTypes(List.of(type)),
                        3,
                        Duration.ofMinutes(10),
                        new ModelRules(Types.lengths(500, 255), false),
                        any -> List.of("fal-ai/before")))
                .decide(known);
    }
}
