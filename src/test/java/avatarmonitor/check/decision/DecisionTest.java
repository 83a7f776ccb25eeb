package avatarmonitor.check.decision;

import static avatarmonitor.check.decision.Monitorings.watched;
import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.decision.Monitoring.Doubt;
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
import java.util.Locale;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every row of docs/decision-table.md that is decided without input or output. */
final class DecisionTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final AvatarId ID = new AvatarId(UUID.fromString("0198a1b2-0000-7000-8000-0000000000aa"));
    private static final String REQUEST = "0198a1b2-0000-7000-8000-000000000001";
    private static final FalRequest PORTRAIT = new FalRequest("fal-ai/portrait", new FalRequestId(REQUEST), "portrait");
    private static final JsonObject MODEL = json("""
            {"diffusers_lora_file": {"url": "https://files.example.com/lora.safetensors"},
             "config_file": {"url": "https://files.example.com/config.json"}}""");
    private static final FalError RUNNER_LOST = new FalError(0, "runner_disconnected", "Runner disconnected", true);

    private final Decision decision = new Decision(TestRules.of(
            Types.at("fal-ai/portrait", "fal-ai/style"),
            3,
            Duration.ofMinutes(10),
            new ModelRules(Types.lengths(500, 255), false)));

    @Test
    void row1MissingRowStopsMonitoring() {
        assertThat(decide(null, monitoring(), null, null)).isEqualTo(new NextAction.Stop("there is no such avatar"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"COMPLETED", "cancelled", "draft", "Error", ""})
    void row2OtherStatusStopsMonitoring(String status) {
        assertThat(decide(avatar("PORTRAIT", status, REQUEST, NOW), monitoring(), null, null))
                .isEqualTo(new NextAction.Stop("its status is " + status));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "PORTRAIT, -, fal_request_id is missing",
                "PORTRAIT, '', fal_request_id is missing",
                "PORTRAIT, ../../x, 'fal_request_id is not 1 to 64 letters, digits and hyphens'",
                "PORTRAIT, a b, 'fal_request_id is not 1 to 64 letters, digits and hyphens'",
                "-, good-id, 'training_type is none of those that trainings.* configures (portrait, style)'",
                "LANDSCAPE, good-id, 'training_type is none of those that trainings.* configures (portrait, style)'",
            })
    void row3WhatIsNotWellFormedIsNeverSentToFal(@Nullable String type, @Nullable String request, String reason) {
        assertThat(decide(avatar(type, "TRAINING", request, NOW), null, null, null))
                .isEqualTo(new NextAction.Invalid(reason));
    }

    @Test
    void row3StartInTheFutureIsInvalid() {
        Avatar future = avatar("STYLE", "TRAINING", REQUEST, NOW.plus(Duration.ofMinutes(2)));
        assertThat(decide(future, null, null, null))
                .isEqualTo(new NextAction.Invalid("training_started_at is in the future"));
        Avatar clockALittleAhead = avatar("STYLE", "TRAINING", REQUEST, NOW.plus(Duration.ofSeconds(60)));
        assertThat(decide(clockALittleAhead, null, null, null)).isInstanceOf(NextAction.AskStatus.class);
        Avatar clockTooFarAhead = avatar("STYLE", "TRAINING", REQUEST, NOW.plus(Duration.ofMillis(60_001)));
        assertThat(decide(clockTooFarAhead, null, null, null)).isInstanceOf(NextAction.Invalid.class);
    }

    @ParameterizedTest
    @CsvSource({"1, true", "64, true", "65, false"})
    void requestIdHasOneTo64Characters(int length, boolean asked) {
        NextAction step = decide(avatar("STYLE", "TRAINING", "r".repeat(length), NOW), null, null, null);
        assertThat(step instanceof NextAction.AskStatus).isEqualTo(asked);
        assertThat(step instanceof NextAction.Invalid).isEqualTo(!asked);
    }

    @Test
    void row3MissingStartIsInvalid() {
        assertThat(decide(avatar("STYLE", "TRAINING", REQUEST, null), null, null, null))
                .isEqualTo(new NextAction.Invalid("training_started_at is missing"));
    }

    @Test
    void row4AnotherRequestStartsAnewBeforeFalIsAsked() {
        Monitoring old = watched("old-request", NOW, 0, 2, null, null, null);
        assertThat(decide(training(), old, null, null)).isEqualTo(new NextAction.StartAnew("old-request", REQUEST));
    }

    @ParameterizedTest
    @CsvSource({"PORTRAIT, fal-ai/portrait", "style, fal-ai/style"})
    void statusIsAskedAtTheEndpointOfTheTrainingType(String type, String endpoint) {
        assertThat(decide(avatar(type, "training", REQUEST, NOW), Monitoring.unknown(REQUEST, NOW), null, null))
                .isEqualTo(new NextAction.AskStatus(
                        new FalRequest(endpoint, new FalRequestId(REQUEST), type.toLowerCase(Locale.ROOT)), true));
    }

    @Test
    void row5QueuedAndRunningForgiveEarlierFailuresAndDoubts() {
        Monitoring troubled =
                watched(REQUEST, NOW, 0, 2, null, new Doubt(Doubt.Kind.NOT_FOUND, 5, NOW.minusSeconds(900)), null);
        assertThat(decide(training(), troubled, new FalAnswer.InQueue(7), null))
                .isEqualTo(keep(new Observed("IN_QUEUE", 7, null, 0, null, null, NOW)));
        assertThat(decide(training(), troubled, new FalAnswer.InProgress(42), null))
                .isEqualTo(keep(new Observed("IN_PROGRESS", null, 42, 0, null, null, NOW)));
    }

    @Test
    void row6CompletedAsksForTheResultAndAValidModelCompletes() {
        FalAnswer.Completed completed = new FalAnswer.Completed(null);
        assertThat(decide(training(), monitoring(), completed, null)).isEqualTo(new NextAction.AskResult(PORTRAIT));
        assertThat(decide(training(), monitoring(), completed, new FalAnswer.Output(MODEL)))
                .isEqualTo(new NextAction.Complete(
                        Types.model(
                                "https://files.example.com/lora.safetensors", "https://files.example.com/config.json"),
                        MODEL));
        assertThat(decide(
                        avatar("style", "Training", REQUEST, NOW),
                        monitoring(),
                        completed,
                        new FalAnswer.Output(json("{\"finetune_id\":\"ft-1\"}"))))
                .isEqualTo(new NextAction.Complete(Types.finetuned("ft-1"), json("{\"finetune_id\":\"ft-1\"}")));
    }

    @Test
    void row7AnErrorInTheStatusIsNeverTurnedIntoASuccessByTheResult() {
        assertThat(decide(training(), monitoring(), new FalAnswer.Completed(RUNNER_LOST), null))
                .isEqualTo(new NextAction.AskResult(PORTRAIT));
        assertThat(decide(training(), monitoring(), new FalAnswer.Completed(RUNNER_LOST), new FalAnswer.Output(MODEL)))
                .satisfies(failsWith("runner_disconnected: Runner disconnected"));
    }

    @Test
    void row7TheResultAddsItsWordsToAnErrorInTheStatus() {
        FalError told = new FalError(503, "runner_disconnected", "node 7 lost", true);
        assertThat(decide(
                        training(),
                        monitoring(),
                        new FalAnswer.Completed(RUNNER_LOST),
                        new FalAnswer.Failed(told, null)))
                .satisfies(failsWith(
                        "runner_disconnected: Runner disconnected; runner_disconnected: node 7 lost (HTTP 503)"));
    }

    @Test
    void row7SameWordsAreSaidOnce() {
        FalError told = new FalError(503, RUNNER_LOST.type(), RUNNER_LOST.detail(), true);
        assertThat(decide(
                        training(),
                        monitoring(),
                        new FalAnswer.Completed(RUNNER_LOST),
                        new FalAnswer.Failed(told, null)))
                .satisfies(failsWith("runner_disconnected: Runner disconnected (HTTP 503)"));
    }

    @Test
    void row7AnErrorInTheStatusNeedsNoResult() {
        FalAnswer.Result unreachable = new FalAnswer.Unavailable(Cause.TIMEOUT, "no answer in 20 s");
        assertThat(decide(training(), monitoring(), new FalAnswer.Completed(RUNNER_LOST), unreachable))
                .satisfies(failsWith("runner_disconnected: Runner disconnected"));
    }

    @Test
    void row7AModelErrorOrNoUsableModelFails() {
        FalAnswer.Completed completed = new FalAnswer.Completed(null);
        FalError archive = new FalError(422, "invalid_archive", "not a zip", false);
        assertThat(decide(training(), monitoring(), completed, new FalAnswer.Failed(archive, null)))
                .satisfies(failsWith("invalid_archive: not a zip (HTTP 422)"));
        assertThat(decide(training(), monitoring(), completed, new FalAnswer.Unusable("an array", null)))
                .satisfies(failsWith("fal returned no usable model: an array"));
        assertThat(decide(
                        training(), monitoring(), completed, new FalAnswer.Output(json("{\"finetune_id\":\"ft-1\"}"))))
                .satisfies(
                        failsWith(
                                "fal returned no usable model: diffusers_lora_file is missing; the result has the fields finetune_id"));
    }

    @Test
    void row8CancelledAtFalCancels() {
        assertThat(decide(training(), monitoring(), new FalAnswer.Cancelled("client_cancelled"), null))
                .isEqualTo(new NextAction.Cancel("client_cancelled"));
        assertThat(decide(training(), monitoring(), new FalAnswer.Completed(null), new FalAnswer.Cancelled("HTTP 499")))
                .isEqualTo(new NextAction.Cancel("HTTP 499"));
    }

    @ParameterizedTest
    @CsvSource({"0, 0, false", "1, 3600, false", "2, 599, false", "2, 600, true", "9, 540, false", "9, 3600, true"})
    void row9NotFoundFailsOnlyWhenOftenAndLongEnough(int before, int sinceSeconds, boolean fails) {
        Instant since = NOW.minusSeconds(sinceSeconds);
        Doubt doubt = before == 0 ? null : new Doubt(Doubt.Kind.NOT_FOUND, before, since);
        NextAction step = decide(
                training(), watched(REQUEST, NOW, 0, 1, null, doubt, null), new FalAnswer.NotFound("NOT_FOUND"), null);
        Doubt next = new Doubt(Doubt.Kind.NOT_FOUND, before + 1, before == 0 ? NOW : since);
        assertThat(step)
                .isEqualTo(
                        fails
                                ? new NextAction.Fail("request not found at fal", "NOT_FOUND", null, null)
                                : keep(new Observed(
                                        "NOT_FOUND", null, null, 1, next, "request not found at fal", NOW)));
    }

    @Test
    void row9ALostResultFailsOnlyWhenItLastsAndNeverCompletes() {
        FalAnswer.Completed completed = new FalAnswer.Completed(null);
        Doubt young = new Doubt(Doubt.Kind.NO_RESULT, 5, NOW.minusSeconds(60));
        Doubt old = new Doubt(Doubt.Kind.NO_RESULT, 5, NOW.minusSeconds(601));
        for (FalAnswer.Result lost : new FalAnswer.Result[] {
            new FalAnswer.NotFound("gone"), new FalAnswer.Failing(new FalError(500, "", "boom", false), null)
        }) {
            assertThat(decide(training(), watched(REQUEST, NOW, 0, 0, null, young, null), completed, lost))
                    .isInstanceOf(NextAction.KeepMonitoring.class);
            assertThat(decide(training(), watched(REQUEST, NOW, 0, 0, null, old, null), completed, lost))
                    .isInstanceOf(NextAction.Fail.class);
        }
    }

    @Test
    void row9AnotherKindOfDoubtStartsItsOwnCount() {
        Doubt notFound = new Doubt(Doubt.Kind.NOT_FOUND, 9, NOW.minusSeconds(6000));
        NextAction step = decide(
                training(),
                watched(REQUEST, NOW, 0, 0, null, notFound, null),
                new FalAnswer.Completed(null),
                new FalAnswer.NotFound("gone"));
        assertThat(step)
                .isInstanceOfSatisfying(
                        NextAction.KeepMonitoring.class,
                        keep -> assertThat(keep.observed().doubt()).isEqualTo(new Doubt(Doubt.Kind.NO_RESULT, 1, NOW)));
    }

    @Test
    void rows10And11LeaveTheAvatarAlone() {
        assertThat(decide(training(), monitoring(), new FalAnswer.AccessRefused(401, "invalid key credentials"), null))
                .isEqualTo(new NextAction.Wait("fal refused the key (HTTP 401)"));
        assertThat(decide(training(), monitoring(), new FalAnswer.AccessRefused(403, "User is locked", true), null))
                .isEqualTo(new NextAction.Wait("fal has locked the account (HTTP 403)"));
        FalAnswer.Trouble[] pauses = {
            new FalAnswer.RateLimited(Duration.ofSeconds(5)), new FalAnswer.Held(NOW.plusSeconds(5), "polling pauses")
        };
        for (FalAnswer.Trouble pause : pauses) {
            assertThat(decide(training(), monitoring(), pause, null)).isInstanceOf(NextAction.Wait.class);
            assertThat(decide(training(), monitoring(), new FalAnswer.Completed(null), pause))
                    .isInstanceOf(NextAction.Wait.class);
        }
    }

    @Test
    void row12TransientFailuresAreCountedAndGiveUpAfterTheConfiguredNumberInARow() {
        for (Cause cause : Cause.values()) {
            FalAnswer.Unavailable answer = new FalAnswer.Unavailable(cause, "boom");
            String error = cause + ": boom";
            assertThat(decide(training(), watched(REQUEST, NOW, 0, 1, null, null, null), answer, null))
                    .isEqualTo(keep(new Observed("UNAVAILABLE", null, null, 2, null, error, NOW)));
            assertThat(decide(training(), watched(REQUEST, NOW, 0, 2, null, null, null), answer, null))
                    .isEqualTo(new NextAction.GiveUp(new Observed("UNAVAILABLE", null, null, 3, null, error, NOW)));
        }
    }

    @Test
    void resultThatLagsBehindTheStatusKeepsMonitoring() {
        assertThat(decide(training(), monitoring(), new FalAnswer.Completed(null), new FalAnswer.InProgress(null)))
                .isEqualTo(keep(new Observed("COMPLETED", null, null, 0, null, null, NOW)));
    }

    @Test
    void lastLookEndsTheWindowUnlessTheTrainingEnded() {
        Observed seen = new Observed("IN_PROGRESS", null, null, 0, null, null, NOW);
        assertThat(lastInWindow(new FalAnswer.InProgress(null), null))
                .isEqualTo(new NextAction.WindowExpired(seen, null));
        assertThat(lastInWindow(new FalAnswer.RateLimited(Duration.ofSeconds(1)), null))
                .isEqualTo(new NextAction.WindowExpired(null, null));
        assertThat(lastInWindow(new FalAnswer.Completed(null), new FalAnswer.Output(MODEL)))
                .isInstanceOf(NextAction.Complete.class);
    }

    @Test
    void pausedByAnOperatorNoFireAsksButAnOperatorsCheckDoes() {
        Duration minute = Duration.ofMinutes(1);
        Decision paused = new Decision(TestRules.at(
                TestRules.of(
                        Types.at("fal-ai/portrait", "fal-ai/style"),
                        3,
                        Duration.ofMinutes(10),
                        new ModelRules(Types.lengths(500, 255), false)),
                new RequestIntervals(minute, minute, () -> false, () -> 0, "portrait"::equalsIgnoreCase)));
        CheckState known = CheckState.fromDatabase(training(), monitoring(), false, NOW);
        assertThat(paused.decide(known)).isEqualTo(new NextAction.Skip("polling is paused by an operator"));
        assertThat(paused.decide(CheckState.fromDatabase(training(), monitoring(), true, NOW)))
                .as("last fire of the window")
                .isEqualTo(new NextAction.WindowExpired(null, null));
        assertThat(paused.withoutBackoff(true).decide(known)).isInstanceOf(NextAction.AskStatus.class);
        assertThat(paused.decide(CheckState.fromDatabase(
                        avatar("STYLE", "TRAINING", REQUEST, NOW.minusSeconds(60)), monitoring(), false, NOW)))
                .as("another type")
                .isInstanceOf(NextAction.AskStatus.class);
    }

    private NextAction lastInWindow(FalAnswer.Status status, FalAnswer.@Nullable Result result) {
        return decision.decide(new CheckState(training(), monitoring(), status, result, false, true, NOW));
    }

    private static Monitoring overdue() {
        Overrides own = new Overrides(null, null, NOW, null);
        return new Monitoring(REQUEST, NOW.plusSeconds(3600), 0, 0, null, null, null, 0, "fal-ai/portrait", null, own);
    }

    @Test
    void trainingThatRunsAtItsDeadlineTimesOut() { // row 14
        assertThat(decide(training(), overdue(), new FalAnswer.InProgress(null), null))
                .isInstanceOfSatisfying(
                        NextAction.TimedOut.class,
                        late -> assertThat(late.observed().falStatus()).isEqualTo("IN_PROGRESS"));
        assertThat(decide(training(), overdue(), new FalAnswer.NotFound("gone"), null))
                .as("a request that may be lost")
                .isInstanceOf(NextAction.TimedOut.class);
    }

    @Test
    void deadlineEndsNothingWithoutAnAnswerAndNoEndThatFalReports() {
        assertThat(decide(training(), overdue(), new FalAnswer.Unavailable(Cause.TIMEOUT, "no answer in 20 s"), null))
                .isInstanceOf(NextAction.KeepMonitoring.class);
        assertThat(decide(training(), overdue(), new FalAnswer.Cancelled("by its user"), null))
                .isInstanceOf(NextAction.Cancel.class);
    }

    private NextAction decide(
            @Nullable Avatar avatar,
            @Nullable Monitoring monitoring,
            FalAnswer.@Nullable Status status,
            FalAnswer.@Nullable Result result) {
        return decision.decide(new CheckState(avatar, monitoring, status, result, false, false, NOW)
                // These tests do not use the platform API; LostResultTest covers it.
                .withHistory(new PlatformApiAnswer.Absent()));
    }

    private static Consumer<NextAction> failsWith(String reason) {
        return step -> assertThat(step)
                .isInstanceOfSatisfying(
                        NextAction.Fail.class, fail -> assertThat(fail.reason()).isEqualTo(reason));
    }

    private static NextAction keep(Observed observed) {
        return new NextAction.KeepMonitoring(observed);
    }

    private static Monitoring monitoring() {
        return watched(REQUEST, NOW.plusSeconds(3600), 0, 0, null, null, null);
    }

    private static Avatar training() {
        return avatar("PORTRAIT", "TRAINING", REQUEST, NOW.minusSeconds(300));
    }

    private static Avatar avatar(
            @Nullable String type, String status, @Nullable String request, @Nullable Instant started) {
        return new Avatar(ID, type, status, request, started, null);
    }

    private static JsonObject json(String text) {
        return JsonParser.parseString(text).getAsJsonObject();
    }
}
