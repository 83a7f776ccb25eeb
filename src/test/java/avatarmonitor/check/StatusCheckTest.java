package avatarmonitor.check;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.fal.answer.FalError;
import avatarmonitor.store.Database;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.ScriptedFal;
import avatarmonitor.testing.TestDatabase;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Database state after each row of docs/decision-table.md, on every supported database. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
final class StatusCheckTest {
    private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");
    private static final JsonObject PORTRAIT = json("""
            {"diffusers_lora_file": {"url": "https://files.example.com/lora.safetensors", "file_size": 89745224},
             "config_file": {"url": "https://files.example.com/config.json"}}""");

    private final TestDatabase.Fresh fresh;
    private final Database database;
    private final Avatars avatars;
    private final ScriptedFal fal = new ScriptedFal();
    private Instant now = START;
    private final StatusCheck check;

    StatusCheckTest(TestDatabase kind) {
        fresh = kind.fresh();
        database = fresh.database();
        avatars = new Avatars(database);
        check = checkWith(fal);
    }

    private StatusCheck checkWith(ScriptedFal queue) {
        return Checks.asking(queue, database, () -> now);
    }

    @AfterEach
    void close() {
        fresh.close();
    }

    @Test
    void row1MissingRowIsNotWatchedAndFalIsNotAsked() {
        AvatarId gone = new AvatarId(UUID.randomUUID());
        database.inTransaction(connection -> MonitoringStore.begin(connection, gone, "r", now, now.plusSeconds(60)));
        assertThat(check.check(gone, false)).isEqualTo(CheckOutcome.NOT_TRAINING);
        assertThat(watch(gone)).containsEntry("outcome", "stopped");
        assertThat(fal.asked).isEmpty();
    }

    @Test
    void row2OtherStatusIsLeftUntouched() {
        AvatarId id = avatars.insert("PORTRAIT", "cancelled", "r-1", START);
        Map<String, @Nullable String> before = avatars.row(id);
        assertThat(check.check(id, false)).isEqualTo(CheckOutcome.NOT_TRAINING);
        assertThat(avatars.row(id)).isEqualTo(before);
        assertThat(fal.asked).isEmpty();
    }

    @Test
    void row3InvalidAvatarGetsOneEventAndIsNeverSentToFal() {
        AvatarId id = watched(avatars.training("PORTRAIT", "../../x", START), "../../x");
        Map<String, @Nullable String> before = avatars.row(id);
        assertThat(check.check(id, false)).isEqualTo(CheckOutcome.INVALID);
        assertThat(check.check(id, false)).isEqualTo(CheckOutcome.INVALID);
        assertThat(avatars.events(id)).isEqualTo("invalid");
        assertThat(avatars.row(id)).isEqualTo(before);
        assertThat(fal.asked).isEmpty();
    }

    @Test
    void row4RetrainStartsCountersAndWindowAnew() {
        AvatarId id = watched(avatars.training("PORTRAIT", "r-1", START), "r-1");
        fal.status = new FalAnswer.Unavailable(FalAnswer.Cause.TIMEOUT, "slow");
        check.check(id, false);
        avatars.run("UPDATE avatars SET fal_request_id = 'r-2' WHERE id = ?", id.value());
        now = START.plusSeconds(120);
        fal.status = new FalAnswer.InQueue(3);
        assertThat(check.check(id, true)).isEqualTo(CheckOutcome.STARTED_ANEW);
        assertThat(watch(id))
                .containsEntry("fal_request_id", "r-2")
                .containsEntry("checks", "1")
                .containsEntry("failures_in_row", "0")
                .containsEntry("queue_position", "3")
                .containsEntry("outcome", null);
        assertThat(windowEnd(id)).isEqualTo(now.plus(Duration.ofHours(1)));
        assertThat(avatars.events(id)).isEqualTo("superseded");
        assertThat(fal.asked.get(1)).isEqualTo("status fal-ai/portrait r-2");
    }

    @Test
    void row5ProgressIsRecordedAndNeverGoesDown() {
        AvatarId id = watched(avatars.training("style", "r-1", START), "r-1");
        fal.status = new FalAnswer.InProgress(40);
        assertThat(check.check(id, false)).isEqualTo(CheckOutcome.STILL_TRAINING);
        fal.status = new FalAnswer.InProgress(30);
        now = START.plusSeconds(60);
        check.check(id, false);
        assertThat(avatars.row(id)).containsEntry("training_progress", "40").containsEntry("status", "TRAINING");
        assertThat(avatars.count(
                        "SELECT count(*) FROM avatars WHERE last_status_check = ?",
                        now.atOffset(java.time.ZoneOffset.UTC)))
                .isEqualTo(1);
        assertThat(watch(id))
                .containsEntry("checks", "2")
                .containsEntry("last_fal_status", "IN_PROGRESS")
                .containsEntry("last_worker", "worker-1");
        assertThat(avatars.events(id)).isEqualTo("null");
    }

    @ParameterizedTest
    @CsvSource({"TRAINING, COMPLETED", "training, completed", "Training, Completed"})
    void row6PortraitModelCompletesInTheLetterCaseOfTheRow(String before, String after) {
        AvatarId id = watched(avatars.insert("Portrait", before, "r-1", START), "r-1");
        avatars.run("UPDATE avatars SET finetune_id = 'old', training_error = 'old' WHERE id = ?", id.value());
        fal.status = new FalAnswer.Completed(null);
        fal.result = new FalAnswer.Output(PORTRAIT);
        assertThat(check.check(id, false)).isEqualTo(CheckOutcome.COMPLETED);
        Map<String, @Nullable String> row = avatars.row(id);
        assertThat(row)
                .containsEntry("status", after)
                .containsEntry("diffusers_lora_file_url", "https://files.example.com/lora.safetensors")
                .containsEntry("config_file_url", "https://files.example.com/config.json")
                .containsEntry("finetune_id", null)
                .containsEntry("training_error", null)
                .containsEntry("training_progress", "100");
        assertThat(json(String.valueOf(row.get("fal_response_data")))).isEqualTo(PORTRAIT);
        assertThat(row.get("training_completed_at")).isNotNull();
        assertThat(avatars.events(id)).isEqualTo("completed");
        assertThat(watch(id)).containsEntry("outcome", "completed");
    }

    @Test
    void row6StyleModelFillsTheFinetuneIdAlone() {
        AvatarId id = watched(avatars.training("STYLE", "r-1", START), "r-1");
        avatars.run("UPDATE avatars SET config_file_url = 'https://old.example.com' WHERE id = ?", id.value());
        fal.status = new FalAnswer.Completed(null);
        fal.result = new FalAnswer.Output(json("{\"finetune_id\":\"ft-1\"}"));
        assertThat(check.check(id, false)).isEqualTo(CheckOutcome.COMPLETED);
        assertThat(avatars.row(id))
                .containsEntry("finetune_id", "ft-1")
                .containsEntry("config_file_url", null)
                .containsEntry("diffusers_lora_file_url", null);
    }

    @Test
    void row7FailureKeepsFalsReasonAndNoModel() {
        AvatarId id = watched(avatars.training("PORTRAIT", "r-1", START), "r-1");
        fal.status = new FalAnswer.Completed(null);
        fal.result = new FalAnswer.Failed(new FalError(422, "invalid_archive", "not a zip", false), null);
        assertThat(check.check(id, false)).isEqualTo(CheckOutcome.FAILED);
        assertThat(avatars.row(id))
                .containsEntry("status", "ERROR")
                .containsEntry("training_error", "invalid_archive: not a zip (HTTP 422)")
                .containsEntry("diffusers_lora_file_url", null)
                .containsEntry("training_completed_at", null);
        assertThat(avatars.events(id)).isEqualTo("failed");
    }

    @Test
    void row7OutputWithoutAUsableModelFails() {
        AvatarId id = watched(avatars.training("PORTRAIT", "r-1", START), "r-1");
        fal.status = new FalAnswer.Completed(null);
        fal.result = new FalAnswer.Output(json("{\"diffusers_lora_file\":{\"url\":\"https://a.example.com/x\"}}"));
        assertThat(check.check(id, false)).isEqualTo(CheckOutcome.FAILED);
        assertThat(avatars.row(id))
                .containsEntry(
                        "training_error",
                        "fal returned no usable model: config_file is missing; the result has the fields diffusers_lora_file")
                .containsEntry("diffusers_lora_file_url", null);
    }

    @Test
    void row8CancelledAtFal() {
        AvatarId id = watched(avatars.training("PORTRAIT", "r-1", START), "r-1");
        fal.status = new FalAnswer.Cancelled("client_cancelled");
        assertThat(check.check(id, false)).isEqualTo(CheckOutcome.CANCELLED);
        assertThat(avatars.row(id)).containsEntry("status", "CANCELLED");
        assertThat(avatars.events(id)).isEqualTo("cancelled");
        assertThat(watch(id))
                .containsEntry("last_fal_status", "CANCELLED")
                .containsEntry("last_error", "client_cancelled");
    }

    @Test
    void answerThatDoesNotFitItsColumnDoesNotKeepTheModelFromBeingStored() {
        avatars.run("ALTER TABLE avatars DROP COLUMN fal_response_data");
        avatars.run("ALTER TABLE avatars ADD COLUMN fal_response_data varchar(20)");
        StatusCheck again = checkWith(fal);
        AvatarId id = watched(avatars.training("PORTRAIT", "r-1", START), "r-1");
        fal.status = new FalAnswer.Completed(null);
        fal.result = new FalAnswer.Output(PORTRAIT);
        assertThat(again.check(id, false)).isEqualTo(CheckOutcome.COMPLETED);
        assertThat(avatars.row(id)).containsEntry("status", "COMPLETED").containsEntry("fal_response_data", null);
    }

    @Test
    void row9NotFoundFailsAfterTheGraceAlsoAcrossWindows() {
        AvatarId id = watched(avatars.training("PORTRAIT", "r-1", START), "r-1");
        fal.status = new FalAnswer.NotFound("NOT_FOUND");
        assertThat(check.check(id, false)).isEqualTo(CheckOutcome.STILL_TRAINING);
        now = START.plus(Duration.ofMinutes(5));
        assertThat(check.check(id, true)).isEqualTo(CheckOutcome.WINDOW_EXPIRED);
        watched(id, "r-1");
        now = START.plus(Duration.ofMinutes(10));
        assertThat(check.check(id, false)).isEqualTo(CheckOutcome.FAILED);
        assertThat(avatars.row(id)).containsEntry("training_error", "request not found at fal");
    }

    @Test
    void row9AnAnswerInBetweenStartsTheGraceAnew() {
        AvatarId id = watched(avatars.training("PORTRAIT", "r-1", START), "r-1");
        fal.status = new FalAnswer.NotFound("NOT_FOUND");
        check.check(id, false);
        check.check(id, false);
        fal.status = new FalAnswer.InQueue(1);
        check.check(id, false);
        fal.status = new FalAnswer.NotFound("NOT_FOUND");
        now = START.plus(Duration.ofMinutes(30));
        assertThat(check.check(id, false)).isEqualTo(CheckOutcome.STILL_TRAINING);
    }

    @Test
    void rows10And11WriteNothingAtAll() {
        AvatarId id = watched(avatars.training("PORTRAIT", "r-1", START), "r-1");
        Map<String, @Nullable String> row = avatars.row(id);
        Map<String, @Nullable String> monitoring = watch(id);
        for (FalAnswer.Status pause : new FalAnswer.Status[] {
            new FalAnswer.AccessRefused(401, "invalid key credentials"),
            new FalAnswer.RateLimited(Duration.ofSeconds(9)),
            new FalAnswer.Held(START.plusSeconds(9), "polling pauses")
        }) {
            fal.status = pause;
            assertThat(check.check(id, false)).isEqualTo(CheckOutcome.WAITING);
        }
        assertThat(avatars.row(id)).isEqualTo(row);
        assertThat(watch(id)).isEqualTo(monitoring);
        assertThat(avatars.events(id)).isEqualTo("null");
    }

    @Test
    void row12GivesUpAfterTheConfiguredNumberInARowAndLeavesTheAvatarTraining() {
        AvatarId id = watched(avatars.training("PORTRAIT", "r-1", START), "r-1");
        fal.status = new FalAnswer.Unavailable(FalAnswer.Cause.SERVER_ERROR, "HTTP 502");
        assertThat(check.check(id, false)).isEqualTo(CheckOutcome.STILL_TRAINING);
        assertThat(check.check(id, false)).isEqualTo(CheckOutcome.STILL_TRAINING);
        now = START.plusSeconds(60);
        assertThat(check.check(id, false)).as("backoff").isEqualTo(CheckOutcome.PASSED);
        assertThat(fal.asked).hasSize(2);
        now = START.plusSeconds(180);
        assertThat(check.check(id, false)).isEqualTo(CheckOutcome.GAVE_UP);
        assertThat(avatars.row(id)).containsEntry("status", "TRAINING").containsEntry("training_error", null);
        assertThat(avatars.events(id)).isEqualTo("gave_up");
        assertThat(watch(id)).containsEntry("outcome", "gave_up").containsEntry("last_error", "SERVER_ERROR: HTTP 502");
    }

    @Test
    void row12OneAnswerForgivesTheFailures() {
        AvatarId id = watched(avatars.training("PORTRAIT", "r-1", START), "r-1");
        for (int round = 0; round < 3; round++) {
            fal.status = new FalAnswer.Unavailable(FalAnswer.Cause.TIMEOUT, "slow");
            check.check(id, false);
            check.check(id, false);
            now = now.plusSeconds(180);
            fal.status = new FalAnswer.InProgress(null);
            assertThat(check.check(id, false)).isEqualTo(CheckOutcome.STILL_TRAINING);
        }
        assertThat(watch(id)).containsEntry("failures_in_row", "0").containsEntry("last_error", null);
    }

    @Test
    void lastLookLeavesOneWindowExpiredEvent() {
        AvatarId id = watched(avatars.training("PORTRAIT", "r-1", START), "r-1");
        assertThat(check.check(id, true)).isEqualTo(CheckOutcome.WINDOW_EXPIRED);
        assertThat(check.check(id, true)).isEqualTo(CheckOutcome.WINDOW_EXPIRED);
        assertThat(avatars.events(id)).isEqualTo("window_expired");
        assertThat(avatars.row(id)).containsEntry("status", "TRAINING");
    }

    @Test
    void userCancelBetweenStatusAndWriteWins() {
        AvatarId id = watched(avatars.training("PORTRAIT", "r-1", START), "r-1");
        fal.status = new FalAnswer.Completed(null);
        fal.result = new FalAnswer.Output(PORTRAIT);
        fal.onResult = () -> avatars.run("UPDATE avatars SET status = 'CANCELLED' WHERE id = ?", id.value());
        assertThat(check.check(id, false)).isEqualTo(CheckOutcome.NOT_TRAINING);
        assertThat(avatars.row(id)).containsEntry("status", "CANCELLED").containsEntry("diffusers_lora_file_url", null);
        assertThat(avatars.events(id)).isEqualTo("null");
        assertThat(watch(id)).containsEntry("outcome", "stopped");
    }

    @Test
    void retrainDuringACheckDropsTheOldAnswerAndWatchesTheNewTraining() {
        AvatarId id = watched(avatars.training("PORTRAIT", "r-1", START), "r-1");
        fal.status = new FalAnswer.Completed(null);
        fal.result = new FalAnswer.Output(PORTRAIT);
        fal.onResult = () -> {
            avatars.run("UPDATE avatars SET fal_request_id = 'r-2' WHERE id = ?", id.value());
            fal.status = new FalAnswer.InQueue(0);
            fal.onResult = () -> {};
        };
        assertThat(check.check(id, false)).isEqualTo(CheckOutcome.STARTED_ANEW);
        assertThat(avatars.row(id)).containsEntry("status", "TRAINING").containsEntry("diffusers_lora_file_url", null);
        assertThat(watch(id)).containsEntry("fal_request_id", "r-2").containsEntry("outcome", null);
        assertThat(avatars.events(id)).isEqualTo("superseded");
    }

    @Test
    void rowDeletedDuringACheckIsHarmless() {
        AvatarId id = watched(avatars.training("PORTRAIT", "r-1", START), "r-1");
        fal.status = new FalAnswer.Cancelled("client_cancelled");
        fal.onStatus = () -> avatars.run("DELETE FROM avatars WHERE id = ?", id.value());
        assertThat(check.check(id, false)).isEqualTo(CheckOutcome.NOT_TRAINING);
        assertThat(avatars.events(id)).isEqualTo("null");
    }

    @Test
    void lateCompletedAfterCancelledChangesNothing() {
        AvatarId id = watched(avatars.training("PORTRAIT", "r-1", START), "r-1");
        fal.status = new FalAnswer.Cancelled("client_cancelled");
        check.check(id, false);
        Map<String, @Nullable String> cancelled = avatars.row(id);
        fal.status = new FalAnswer.Completed(null);
        fal.result = new FalAnswer.Output(PORTRAIT);
        assertThat(check.check(id, false)).isEqualTo(CheckOutcome.NOT_TRAINING);
        assertThat(avatars.row(id)).isEqualTo(cancelled);
        assertThat(avatars.events(id)).isEqualTo("cancelled");
    }

    @Test
    void twoChecksThatEndTheSameTrainingWriteOneEvent() {
        AvatarId id = watched(avatars.training("PORTRAIT", "r-1", START), "r-1");
        fal.status = new FalAnswer.Completed(null);
        fal.result = new FalAnswer.Output(PORTRAIT);
        fal.onResult = () -> {
            fal.onResult = () -> {};
            assertThat(check.check(id, false)).isEqualTo(CheckOutcome.COMPLETED);
        };
        assertThat(check.check(id, false)).isEqualTo(CheckOutcome.NOT_TRAINING);
        assertThat(avatars.events(id)).isEqualTo("completed");
    }

    @Test
    void unmonitoredAvatarCanBeChecked() {
        AvatarId id = avatars.training("PORTRAIT", "r-1", START);
        assertThat(check.check(id, false)).isEqualTo(CheckOutcome.STILL_TRAINING);
        fal.status = new FalAnswer.Completed(null);
        fal.result = new FalAnswer.Output(PORTRAIT);
        assertThat(check.check(id, false)).isEqualTo(CheckOutcome.COMPLETED);
        assertThat(avatars.events(id)).isEqualTo("completed");
    }

    private AvatarId watched(AvatarId id, String requestId) {
        Checks.begin(database, id, requestId, now);
        return id;
    }

    private Map<String, @Nullable String> watch(AvatarId id) {
        return avatars.row("SELECT * FROM avatar_monitoring WHERE avatar_id = ?", id.value());
    }

    private Instant windowEnd(AvatarId id) {
        return database.read(
                connection -> MonitoringStore.find(connection, id).orElseThrow().windowEndsAt());
    }

    private static JsonObject json(String text) {
        return JsonParser.parseString(text).getAsJsonObject();
    }
}
