package avatarmonitor.check;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.fal.CachingFalQueue;
import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.fal.answer.FalError;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.ScriptedFal;
import avatarmonitor.testing.TestDatabase;
import com.google.gson.JsonParser;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Consecutive answers are counted as fal gave them, independent of the thread that sent the request. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
final class CountedAnswersTest {
    private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");

    private final TestDatabase.Fresh fresh;
    private final Avatars avatars;
    private final ScriptedFal fal = new ScriptedFal();
    private Instant now = START;
    private final StatusCheck check;

    CountedAnswersTest(TestDatabase kind) {
        fresh = kind.fresh();
        avatars = new Avatars(fresh.database());
        check = Checks.asking(new CachingFalQueue(fal, Duration.ofSeconds(5), () -> now), fresh.database(), () -> now);
    }

    @AfterEach
    void close() {
        fresh.close();
    }

    @Test
    void oneAnswerThatTheRequestIsUnknownCountsOnce() {
        AvatarId id = watched("r-1");
        fal.status = new FalAnswer.NotFound("NOT_FOUND");
        for (int i = 1; i <= 3; i++) {
            now = START.plusMillis(500L * i);
            check.check(id, false);
        }
        assertThat(watch(id)).containsEntry("doubts_in_row", Integer.toString(fal.asked.size()));
    }

    @Test
    void refusedResultLeavesOneEventAndHoldsItsOwnAvatarOnly() {
        AvatarId refused = watched("r-1");
        AvatarId healthy = watched("r-2");
        fal.status = new FalAnswer.Completed(null);
        fal.result = new FalAnswer.RequestRefused(403, "HTTP 403: Access is restricted", false);
        assertThat(check.check(refused, false)).isEqualTo(CheckOutcome.STILL_TRAINING);
        for (int second : new int[] {60, 120}) {
            now = START.plusSeconds(second);
            assertThat(check.check(refused, false)).isEqualTo(CheckOutcome.STILL_TRAINING);
        }
        now = START.plusSeconds(180);
        assertThat(check.check(refused, false)).isEqualTo(CheckOutcome.PASSED);
        assertThat(avatars.events(refused)).isEqualTo("result_refused");
        assertThat(watch(refused))
                .as("a failing check, of which several do not add up to giving up")
                .containsEntry("failures_in_row", "1")
                .containsEntry("doubt", "refused")
                .containsEntry("doubts_in_row", "3")
                .containsEntry("last_error", "fal refuses the result of this request: HTTP 403: Access is restricted");
        fal.status = new FalAnswer.InQueue(1);
        assertThat(check.check(healthy, false)).isEqualTo(CheckOutcome.STILL_TRAINING);
        assertThat(avatars.row(refused)).containsEntry("status", "TRAINING").containsEntry("training_error", null);
    }

    @Test
    void refusedResultInTheLastCheckOfAWindowIsReportedToo() {
        AvatarId id = watched("r-1");
        fal.status = new FalAnswer.Completed(null);
        fal.result = new FalAnswer.RequestRefused(402, "HTTP 402: Payment required", true);
        assertThat(check.check(id, true)).isEqualTo(CheckOutcome.WINDOW_EXPIRED);
        assertThat(avatars.count(
                        "SELECT count(*) FROM avatar_event WHERE type IN ('result_refused', 'window_expired')"))
                .isEqualTo(2);
    }

    @Test
    void unknownApplicationIsNeverCountedAgainstTheTraining() {
        AvatarId id = watched("r-1");
        fal.status = new FalAnswer.ApplicationUnknown("HTTP 404: Application \"fal-ai/portrait\" not found");
        for (int i = 1; i <= 30; i++) {
            now = START.plusSeconds(60L * i);
            assertThat(check.check(id, false)).isEqualTo(CheckOutcome.STILL_TRAINING);
        }
        assertThat(watch(id))
                .containsEntry("failures_in_row", "1")
                .containsEntry("doubts_in_row", "0")
                .containsEntry("last_fal_status", "APPLICATION_UNKNOWN")
                .containsEntry("last_answered_at", null);
        assertThat(avatars.row(id)).containsEntry("status", "TRAINING");
    }

    @Test
    void failureKeepsFalsAnswerAndItsParts() {
        AvatarId id = watched("r-1");
        fal.status = new FalAnswer.Completed(null);
        fal.result = new FalAnswer.Failed(
                new FalError(422, "invalid_archive", "no zip 𝒳", false),
                JsonParser.parseString(
                        "{\"detail\":[{\"type\":\"invalid_archive\",\"msg\":\"no zip 𝒳\",\"ctx\":{\"n\":1.50}}]}"));
        assertThat(check.check(id, false)).isEqualTo(CheckOutcome.FAILED);
        assertThat(avatars.row(id))
                .containsEntry("status", "ERROR")
                .containsEntry("training_error", "invalid_archive: no zip 𝒳 (HTTP 422)")
                .containsEntry("fal_response_data", null);
        assertThat(avatars.row(
                        "SELECT CAST(body AS varchar) AS body, ending, error_type, http_code, retryable, charged, refusals,"
                                + " refused_since, CAST(detail AS varchar) AS detail"
                                + " FROM avatar_monitor_answer, avatar_event WHERE avatar_event.type = 'failed'"))
                .containsEntry("ending", "failed")
                .containsEntry("error_type", "invalid_archive")
                .containsEntry("http_code", "422")
                .containsEntry("charged", "maybe")
                .containsEntry("refusals", "0")
                .containsEntry("refused_since", null)
                .hasEntrySatisfying("retryable", value -> assertThat(value).isIn("f", "false", "FALSE"))
                .hasEntrySatisfying(
                        "body",
                        body -> assertThat(JsonParser.parseString(String.valueOf(body)))
                                .isEqualTo(((FalAnswer.Failed) fal.result).raw()))
                .hasEntrySatisfying(
                        "detail",
                        detail -> assertThat(JsonParser.parseString(String.valueOf(detail)))
                                .isEqualTo(JsonParser.parseString("""
                                {"reason":"invalid_archive: no zip 𝒳 (HTTP 422)","error_type":"invalid_archive","http_code":422,
                                 "retryable":false,"charged":"maybe","training_type":"PORTRAIT"}""")));
    }

    @Test
    void platformFailureIsNeverChargedAndASuccessIs() {
        AvatarId failed = watched("r-1");
        fal.status = new FalAnswer.Completed(new FalError(0, "runner_disconnected", "Runner disconnected", true));
        assertThat(check.check(failed, false)).isEqualTo(CheckOutcome.FAILED);
        AvatarId succeeded = watched("r-2");
        fal.status = new FalAnswer.Completed(null);
        fal.result = new FalAnswer.Output(JsonParser.parseString("""
                {"diffusers_lora_file":{"url":"https://my_bucket.example/a b[1].bin?h=x|y"},
                 "config_file":{"url":"https://my_bucket.example/c"}}""").getAsJsonObject());
        assertThat(check.check(succeeded, false)).isEqualTo(CheckOutcome.COMPLETED);
        assertThat(avatars.row(succeeded))
                .containsEntry("diffusers_lora_file_url", "https://my_bucket.example/a b[1].bin?h=x|y");
        assertThat(detail("failed")).contains("\"http_code\":503", "\"retryable\":true", "\"charged\":\"no\"");
        assertThat(detail("completed"))
                .contains(
                        "\"http_code\":200",
                        "\"charged\":\"yes\"",
                        "\"training_type\":\"PORTRAIT\"",
                        "\"config_file_url\":\"https://my_bucket.example/c\"");
    }

    @Test
    void failuresGoOnCountingInTheNextWindowAndAreForgivenOnceGivenUp() {
        AvatarId id = watched("r-1");
        fal.status = new FalAnswer.Unavailable(FalAnswer.Cause.TIMEOUT, "slow");
        check.check(id, false);
        assertThat(check.check(id, true)).isEqualTo(CheckOutcome.WINDOW_EXPIRED);
        begin(id, "r-1");
        assertThat(watch(id)).containsEntry("failures_in_row", "2").containsEntry("outcome", null);
        now = START.plusSeconds(180);
        assertThat(check.check(id, false)).isEqualTo(CheckOutcome.GAVE_UP);
        begin(id, "r-1");
        assertThat(watch(id)).containsEntry("failures_in_row", "0");
    }

    private String detail(String type) {
        return String.valueOf(
                        avatars.row("SELECT CAST(detail AS varchar) AS detail FROM avatar_event WHERE type = ?", type)
                                .get("detail"))
                .replace(" ", "");
    }

    private AvatarId watched(String request) {
        AvatarId id = avatars.training("PORTRAIT", request, START);
        begin(id, request);
        return id;
    }

    private void begin(AvatarId id, String request) {
        Checks.begin(fresh.database(), id, request, now);
    }

    private Map<String, @Nullable String> watch(AvatarId id) {
        return avatars.row("SELECT * FROM avatar_monitoring WHERE avatar_id = ?", id.value());
    }
}
