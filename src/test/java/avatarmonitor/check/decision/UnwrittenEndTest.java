package avatarmonitor.check.decision;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.TrainedModel;
import avatarmonitor.check.decision.UnwrittenEnd.Ending;
import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.fal.answer.FalError;
import avatarmonitor.testing.Types;
import com.google.gson.JsonObject;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The end of a training as it is stored, and the detail of its event, which is sent to the application. */
final class UnwrittenEndTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final TrainedModel MODEL = Types.finetuned("m-1");

    @Test
    void successHasItsCodeAndIsCharged() {
        JsonObject body = new JsonObject();
        body.addProperty("a", 1);
        UnwrittenEnd end = UnwrittenEnd.of("r-1", new NextAction.Complete(MODEL, body), NOW);
        assertThat(end).isEqualTo(new UnwrittenEnd("r-1", Ending.COMPLETED, "COMPLETED", null, null, body, NOW));
        assertThat(end.detail()).hasToString("{\"http_code\":200,\"charged\":\"yes\"}");
        assertThat(end.words()).isEmpty();
        assertThat(end.completed().detail()).hasToString("{\"http_code\":200,\"charged\":\"yes\"}");
    }

    @Test
    void failureHasThePartsOfFalsError() {
        FalError error = new FalError(0, "runner_disconnected", "gone", true);
        UnwrittenEnd end = UnwrittenEnd.of("r-1", new NextAction.Fail("lost", "COMPLETED", error, null), NOW);
        assertThat(end.ending().column()).isEqualTo("failed");
        assertThat(end.words()).isEqualTo("lost");
        assertThat(end.detail())
                .hasToString("{\"reason\":\"lost\",\"error_type\":\"runner_disconnected\",\"http_code\":503,"
                        + "\"retryable\":true,\"charged\":\"no\"}");
        FalError unknown = new FalError(0, "", "odd", false);
        assertThat(UnwrittenEnd.of("r-1", new NextAction.Fail("odd", "COMPLETED", unknown, null), NOW)
                        .detail())
                .hasToString("{\"reason\":\"odd\",\"retryable\":false,\"charged\":\"maybe\"}");
        assertThat(UnwrittenEnd.of("r-1", new NextAction.Fail("lost", "NOT_FOUND", null, null), NOW)
                        .detail())
                .hasToString("{\"reason\":\"lost\"}");
    }

    @Test
    void cancellationHasItsReason() {
        UnwrittenEnd end = UnwrittenEnd.of("r-1", new NextAction.Cancel("client_cancelled"), NOW);
        assertThat(end)
                .isEqualTo(new UnwrittenEnd("r-1", Ending.CANCELLED, "CANCELLED", "client_cancelled", null, null, NOW));
    }

    @Test
    void refusedResultIsReportedInItsParts() {
        assertThat(FailedRequestRules.detail(new FalAnswer.RequestRefused(403, "locked", true)))
                .hasToString("{\"reason\":\"locked\",\"http_code\":403,\"account_locked\":true}");
    }
}
