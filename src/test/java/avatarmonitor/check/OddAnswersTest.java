package avatarmonitor.check;

import static avatarmonitor.check.decision.Monitorings.watched;
import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.decision.CheckState;
import avatarmonitor.check.decision.Decision;
import avatarmonitor.check.decision.ModelRules;
import avatarmonitor.check.decision.Monitoring;
import avatarmonitor.check.decision.Monitoring.Doubt;
import avatarmonitor.check.decision.NextAction;
import avatarmonitor.check.decision.NextAction.Observed;
import avatarmonitor.fal.FalRequest;
import avatarmonitor.fal.FalRequestId;
import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.fal.answer.FalAnswer.Cause;
import avatarmonitor.fal.answer.FalError;
import avatarmonitor.fal.answer.PlatformApiAnswer;
import avatarmonitor.testing.TestRules;
import avatarmonitor.testing.Types;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Rows 7, 9, 10b, 10c and 12 of docs/decision-table.md: answers with less information, or another meaning, than it
 * seems.
 */
final class OddAnswersTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final String REQUEST = "0198a1b2-0000-7000-8000-000000000001";
    private static final FalRequest PORTRAIT = new FalRequest("fal-ai/portrait", new FalRequestId(REQUEST), "portrait");
    private static final FalAnswer.Completed COMPLETED = new FalAnswer.Completed(null);
    private static final FalAnswer.RequestRefused RESTRICTED =
            new FalAnswer.RequestRefused(403, "HTTP 403: Access to this application is restricted", false);

    private final Decision decision = new Decision(TestRules.of(
            Types.at("fal-ai/portrait", "fal-ai/style"),
            3,
            Duration.ofMinutes(10),
            new ModelRules(Types.lengths(500, 255), false)));

    @Test
    void oversizedStatusIsAskedForAgainWithoutLogs() {
        FalAnswer.Unavailable tooLarge = new FalAnswer.Unavailable(Cause.TOO_LARGE, "HTTP 200 with more");
        assertThat(decision.decide(known(watch(0, null), tooLarge, null, true)))
                .isEqualTo(new NextAction.AskStatus(PORTRAIT, false));
        assertThat(decision.decide(known(watch(0, null), tooLarge, null, false)))
                .isEqualTo(new NextAction.KeepMonitoring(
                        new Observed("UNAVAILABLE", null, null, 1, null, "TOO_LARGE: HTTP 200 with more", NOW)));
    }

    @ParameterizedTest
    @CsvSource({"0, true", "1, false", "2, false", "3, true", "4, false", "5, false", "6, true"})
    void logsAreAskedForInOneCheckOfThree(long checks, boolean withLogs) {
        assertThat(decision.decide(known(watch(checks, null), null, null, false)))
                .isEqualTo(new NextAction.AskStatus(PORTRAIT, withLogs));
    }

    @Test
    void oversizedResultSaysThatTheTrainingIsOver() {
        FalAnswer.Unavailable tooLarge = new FalAnswer.Unavailable(Cause.TOO_LARGE, "HTTP 200 with more");
        assertThat(decision.decide(known(watch(0, null), COMPLETED, tooLarge, false)))
                .isEqualTo(new NextAction.KeepMonitoring(new Observed(
                        "UNAVAILABLE",
                        null,
                        null,
                        1,
                        null,
                        "TOO_LARGE: the training is over, but its result is too large to be read: HTTP 200 with more",
                        NOW)));
    }

    @Test
    void resultThatCannotBeReadNeverFailsATraining() {
        JsonObject garbled = json("{\"diffusers_lora_file\":{\"url\":\"https://a.example/\ufffd\"}}");
        assertThat(decision.decide(known(watch(0, null), COMPLETED, new FalAnswer.Output(garbled, true), false)))
                .isInstanceOf(NextAction.KeepMonitoring.class);
        JsonObject beside = json("""
                {"note":"\ufffd","diffusers_lora_file":{"url":"https://a.example/l"},"config_file":{"url":"https://a.example/c"}}""");
        assertThat(decision.decide(known(watch(0, null), COMPLETED, new FalAnswer.Output(beside, true), false)))
                .isEqualTo(new NextAction.Complete(Types.model("https://a.example/l", "https://a.example/c"), beside));
    }

    @Test
    void outputThatComplainsFailsInItsOwnWords() {
        JsonObject output = json("{\"error\":\"CUDA out of memory\"}");
        assertThat(decision.decide(known(watch(0, null), COMPLETED, new FalAnswer.Output(output), false)))
                .isInstanceOfSatisfying(NextAction.Fail.class, fail -> {
                    assertThat(fail.reason())
                            .isEqualTo(
                                    "fal returned no usable model: CUDA out of memory (diffusers_lora_file is missing; the result has the fields error)");
                    assertThat(fail.raw()).isEqualTo(output);
                    assertThat(fail.error())
                            .isNotNull()
                            .satisfies(
                                    error -> assertThat(error.charged().word()).isEqualTo("yes"));
                });
    }

    @Test
    void unknownApplicationChangesNothingAndCountsNothing() {
        FalAnswer.ApplicationUnknown unknown =
                new FalAnswer.ApplicationUnknown("HTTP 404: Application \"fal-ai/portrait\" not found");
        Doubt old = new Doubt(Doubt.Kind.NOT_FOUND, 9, NOW.minusSeconds(6000));
        Monitoring monitoring = watched(REQUEST, NOW, 1, 2, null, old, null);
        NextAction expected = new NextAction.KeepMonitoring(new Observed(
                "APPLICATION_UNKNOWN",
                null,
                null,
                2,
                old,
                "fal does not have the application fal-ai/portrait, check trainings.portrait.endpoint: "
                        + "HTTP 404: Application \"fal-ai/portrait\" not found",
                NOW));
        assertThat(decision.decide(known(monitoring, unknown, null, false))).isEqualTo(expected);
        assertThat(decision.decide(known(monitoring, COMPLETED, unknown, false)))
                .isEqualTo(expected);
    }

    @Test
    void refusedResultCountsAsFailingButDoesNotAddUp() {
        String reason = "fal refuses the result of this request: HTTP 403: Access to this application is restricted";
        assertThat(decision.decide(known(watch(4, null), COMPLETED, RESTRICTED, false)))
                .isEqualTo(new NextAction.KeepMonitoring(
                        new Observed("COMPLETED", null, null, 1, refused(1, NOW), reason, NOW), RESTRICTED));
        Instant since = NOW.minusSeconds(3600);
        assertThat(decision.decide(known(watch(4, refused(9, since)), COMPLETED, RESTRICTED, false)))
                .isInstanceOfSatisfying(
                        NextAction.KeepMonitoring.class,
                        keep -> assertThat(keep)
                                .isEqualTo(new NextAction.KeepMonitoring(
                                        new Observed("COMPLETED", null, null, 1, refused(10, since), reason, NOW)
                                                .withNextRequestBy(
                                                        keep.observed().nextRequestBy()),
                                        RESTRICTED)));
    }

    @Test
    void refusalsThatGoOnAreReportedOftenEnoughForTheirAlertAndNoMoreThanSixTimesAnHour() {
        Doubt doubt = null;
        Instant last = null;
        List<Long> minutes = new ArrayList<>();
        for (long minute = 0; minute <= 180; minute++) {
            Instant now = NOW.plusSeconds(60 * minute);
            if (decision.decide(known(askedAt(last, watch(1, doubt)), null, null, false, now))
                            instanceof NextAction.AskStatus
                    && decision.decide(known(watch(1, doubt), COMPLETED, RESTRICTED, false, now))
                            instanceof NextAction.KeepMonitoring keep) {
                doubt = keep.observed().doubt();
                last = now;
                if (keep.refused() != null) {
                    minutes.add(minute);
                }
            }
        }
        assertThat(minutes).startsWith(0L).hasSizeBetween(13, 21);
        for (int i = 1; i < minutes.size(); i++) {
            assertThat(minutes.get(i) - minutes.get(i - 1)).isBetween(8L, 20L);
        }
    }

    @Test
    void refusalNeverEndsATrainingThatFalFailed() {
        FalAnswer.Completed failed = new FalAnswer.Completed(new FalError(0, "internal_error", "boom", false));
        assertThat(decision.decide(known(watch(4, null), failed, RESTRICTED, false)))
                .isInstanceOfSatisfying(
                        NextAction.Fail.class, fail -> assertThat(fail.reason()).isEqualTo("internal_error: boom"));
    }

    @Test
    void refusedResultIsAskedForAgainAfterABackoff() {
        for (int inRow : new int[] {1, 2, 3, 6, 30}) {
            Monitoring monitoring = askedAt(NOW.minusSeconds(60), watch(1, refused(inRow, NOW.minusSeconds(3600))));
            CheckState known = known(monitoring, null, null, false);
            assertThat(decision.decide(known))
                    .as("%s in a row", inRow)
                    .isEqualTo(
                            inRow <= 2
                                    ? new NextAction.AskStatus(PORTRAIT, false)
                                    : new NextAction.Skip("backoff after " + (inRow - 1) + " failures in a row"));
            assertThat(decision.withoutBackoff(true).decide(known))
                    .isEqualTo(new NextAction.AskStatus(PORTRAIT, false));
        }
    }

    @Test
    void backoffEndsWhateverTheClockDid() {
        Monitoring monitoring = askedAt(NOW.plusSeconds(86_400), watch(1, refused(3, NOW)));
        assertThat(decision.decide(known(monitoring, null, null, false))).isInstanceOf(NextAction.AskStatus.class);
    }

    @Test
    void answerSaysWhenTheNextRequestIsDueWhereThatIsLaterThanTheNextFire() {
        Monitoring monitoring = askedAt(NOW.minusSeconds(600), watch(4, refused(6, NOW.minusSeconds(3600))));
        NextAction step = decision.decide(known(monitoring, COMPLETED, RESTRICTED, false));
        assertThat(((NextAction.KeepMonitoring) step).observed().nextRequestBy())
                .isBetween(NOW.plusSeconds(480 + 60), NOW.plusSeconds(720 + 60));
        FalAnswer.Unavailable none = new FalAnswer.Unavailable(FalAnswer.Cause.TIMEOUT, "none");
        NextAction failed = decision.decide(known(askedAt(NOW.minusSeconds(600), watch(4, null)), none, null, false));
        assertThat(((NextAction.KeepMonitoring) failed).observed().nextRequestBy())
                .as("no answer makes nothing less late")
                .isNull();
    }

    private static final FalError RUNNER_LOST = new FalError(0, "runner_disconnected", "Runner disconnected", true);

    @Test
    void resultWithoutATypeTakesThatOfTheStatus() {
        JsonObject body = json("{\"detail\":\"no face\"}");
        FalAnswer.Failed plain = new FalAnswer.Failed(new FalError(422, "", "no face", false), body);
        assertThat(decision.decide(known(watch(0, null), new FalAnswer.Completed(RUNNER_LOST), plain, false)))
                .isEqualTo(new NextAction.Fail(
                        "runner_disconnected: Runner disconnected; no face (HTTP 422)",
                        "COMPLETED",
                        new FalError(422, "runner_disconnected", "no face", true),
                        body));
    }

    @Test
    void answerThatSaysMostIsKeptWithAnErrorInTheStatus() {
        JsonObject body = json("{\"status\":\"COMPLETED\",\"error\":\"Runner disconnected\"}");
        JsonObject output = json("{\"finetune_id\":\"ft-1\"}");
        FalAnswer.Completed failed = new FalAnswer.Completed(RUNNER_LOST, body);
        String reason = "runner_disconnected: Runner disconnected";
        assertThat(decision.decide(known(watch(0, null), failed, new FalAnswer.NotFound("gone"), false)))
                .isEqualTo(new NextAction.Fail(reason, "COMPLETED", RUNNER_LOST, body));
        assertThat(decision.decide(known(watch(0, null), failed, new FalAnswer.Output(output), false)))
                .isEqualTo(new NextAction.Fail(reason, "COMPLETED", RUNNER_LOST, output));
    }

    @Test
    void code400OfThePlatformApiIsAFailureAnd399IsNone() {
        CheckState lost = known(watch(0, null), new FalAnswer.NotFound("NOT_FOUND"), null, false);
        String source = "by fal's platform API: ";
        assertThat(decision.decide(lost.withHistory(new PlatformApiAnswer.Ended(399, null))))
                .isEqualTo(new NextAction.Fail(
                        source + "the training ended with HTTP 399, but its result was not kept",
                        "COMPLETED",
                        null,
                        null));
        assertThat(decision.decide(lost.withHistory(new PlatformApiAnswer.Ended(400, null))))
                .isEqualTo(new NextAction.Fail(
                        source + "fal gave no reason (HTTP 400)", "COMPLETED", new FalError(400, "", "", false), null));
    }

    private static Doubt refused(int inRow, Instant since) {
        return new Doubt(Doubt.Kind.REFUSED, inRow, since);
    }

    private static Monitoring watch(long checks, @Nullable Doubt doubt) {
        return watched(REQUEST, NOW.plusSeconds(3600), checks, 0, null, doubt, null);
    }

    private static CheckState known(
            Monitoring monitoring,
            FalAnswer.@Nullable Status status,
            FalAnswer.@Nullable Result result,
            boolean withLogs) {
        return known(monitoring, status, result, withLogs, NOW);
    }

    private static CheckState known(
            Monitoring monitoring,
            FalAnswer.@Nullable Status status,
            FalAnswer.@Nullable Result result,
            boolean withLogs,
            Instant now) {
        Avatar avatar =
                new Avatar(new AvatarId(new UUID(1, 2)), "PORTRAIT", "TRAINING", REQUEST, NOW.minusSeconds(300), null);
        return new CheckState(avatar, monitoring, status, result, withLogs, false, now);
    }

    private static JsonObject json(String text) {
        return JsonParser.parseString(text).getAsJsonObject();
    }

    /** The endpoint of the request is already stored. */
    private static Monitoring askedAt(@Nullable Instant last, Monitoring monitoring) {
        return new Monitoring(
                monitoring.falRequestId(),
                monitoring.windowEndsAt(),
                monitoring.checks(),
                monitoring.failuresInRow(),
                monitoring.falStatus(),
                monitoring.doubt(),
                monitoring.outcome(),
                0,
                monitoring.endpoint(),
                last,
                monitoring.overrides());
    }
}
