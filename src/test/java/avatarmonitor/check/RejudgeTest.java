package avatarmonitor.check;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.TrainingTypes;
import avatarmonitor.check.Rejudge.Verdict;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.check.decision.UnwrittenEnd;
import avatarmonitor.check.decision.UnwrittenEnd.Ending;
import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.fal.answer.FalError;
import avatarmonitor.store.Database;
import avatarmonitor.store.clock.DatabaseTime;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.TestDatabase;
import avatarmonitor.testing.Types;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An answer without a usable model is stored, and evaluated again after the rule was corrected, so that a paid model is
 * not lost.
 */
@ParameterizedClass
@EnumSource(TestDatabase.class)
final class RejudgeTest {
    /** Each shape of docs/fal-contract.md section 6: fal's output, the rule that reads it, and the stored columns. */
    private static final List<String[]> SHAPES = List.of(
            new String[] {
                "{'diffusers_lora_file':{'url':'https://a.example/l'},'config_file':{'url':'https://a.example/c'}}",
                "[{diffusers_lora_file_url = diffusers_lora_file.url, config_file_url = config_file.url}]",
                "https://a.example/l https://a.example/c null"
            },
            new String[] {
                "{'lora_file':{'url':'https://a.example/l'},'config_file':{'url':'https://a.example/c'}}",
                "[{finetune_id = id}, {diffusers_lora_file_url = lora_file.url, config_file_url = config_file.url}]",
                "https://a.example/l https://a.example/c null"
            },
            new String[] {
                "{'adapters':[{'url':'https://a.example/0'}],'failed':[],'preprocessed_data_file':{'url':'https://a.example/p'}}",
                "[{diffusers_lora_file_url = \"adapters[0].url\", config_file_url = preprocessed_data_file.url}]",
                "https://a.example/0 https://a.example/p null"
            },
            new String[] {"{'style_id':'s-1'}", "[{finetune_id = style_id}]", "null null s-1"},
            new String[] {"{'custom_voice_id':'v-1'}", "[{finetune_id = custom_voice_id}]", "null null v-1"},
            new String[] {"{'finetune_id':'f-1'}", "[{finetune_id = finetune_id}]", "null null f-1"});

    private static final TrainingTypes WRONG = rule("[{finetune_id = nowhere}]");

    @AutoClose
    private final TestDatabase.Fresh fresh;

    private final Database database;
    private final Avatars avatars;
    private final PlacedFal fal = new PlacedFal();
    private final Instant now;

    RejudgeTest(TestDatabase kind) {
        fresh = kind.fresh();
        database = fresh.database();
        avatars = new Avatars(database);
        now = DatabaseTime.now(database);
    }

    private static TrainingTypes rule(String outputs) {
        return Types.configured("trainings.style { endpoint = \"o/a\", outputs = " + outputs + " }");
    }

    private StatusCheck check(TrainingTypes types) {
        return Checks.asking(fal, database, () -> now, types);
    }

    private AvatarId failed(String request, String output) {
        AvatarId id = avatars.training("Style", request, now);
        Checks.begin(database, id, request, now);
        fal.has("o/a", request, new FalAnswer.Completed(null));
        fal.returns(output.replace('\'', '"'));
        assertThat(check(WRONG).check(id, false)).isEqualTo(CheckOutcome.FAILED);
        return id;
    }

    private static Verdict skipped(String reason) {
        return new Verdict(Verdict.Kind.SKIPPED, reason);
    }

    @Test
    void eachShapeIsKeptByAWrongRuleAndStoredByTheRightOne() {
        int n = 0;
        for (String[] shape : SHAPES) {
            AvatarId id = failed("r-" + ++n, shape[0]);
            assertThat(avatars.row(id)).containsEntry("status", "ERROR");
            assertThat(avatars.row(id).get("training_error"))
                    .startsWith("fal returned no usable model: nowhere is missing; the result has the fields ");
            assertThat(check(WRONG).rejudge().judge(id).kind()).isEqualTo(Verdict.Kind.UNUSABLE);
            assertThat(avatars.row(id)).containsEntry("status", "ERROR");
            fal.asked.clear();

            assertThat(check(rule(shape[1])).rejudge().judge(id)).isEqualTo(new Verdict(Verdict.Kind.COMPLETED, ""));
            var row = avatars.row(id);
            assertThat(row.get("diffusers_lora_file_url") + " " + row.get("config_file_url") + " "
                            + row.get("finetune_id"))
                    .isEqualTo(shape[2]);
            assertThat(row).containsEntry("status", "COMPLETED").containsEntry("training_error", null);
            assertThat(fal.asked).as("fal is not asked").isEmpty();
            assertThat(avatars.events(id)).isEqualTo("failed,completed");
            assertThat(avatars.row(
                                    "SELECT detail FROM avatar_event WHERE avatar_id = ? AND type = 'completed'",
                                    id.value())
                            .get("detail"))
                    .contains("\"rejudged\"");
            assertThat(avatars.row("SELECT outcome, last_error FROM avatar_monitoring WHERE avatar_id = ?", id.value()))
                    .containsEntry("outcome", "completed")
                    .containsEntry("last_error", null);
            assertThat(check(rule(shape[1])).rejudge().judge(id))
                    .isEqualTo(skipped("no result of fal without a usable model is kept about it"));
        }
    }

    @Test
    void concurrentDecisionStays() {
        AvatarId retrained = failed("r-1", "{'id':'1'}");
        AvatarId cancelled = failed("r-2", "{'id':'2'}");
        AvatarId refusing = failed("r-3", "{'id':'3'}");
        AvatarId other = failed("r-4", "{'id':'4'}");
        avatars.run("UPDATE avatars SET fal_request_id = 'r-9' WHERE id = ?", retrained.value());
        avatars.run("UPDATE avatars SET status = 'CANCELLED' WHERE id = ?", cancelled.value());
        avatars.run("UPDATE avatars SET training_type = 'VIDEO' WHERE id = ?", other.value());
        Rejudge rejudge = check(rule("[{finetune_id = id}]")).rejudge();

        assertThat(rejudge.judge(retrained)).isEqualTo(skipped("it was trained again since"));
        assertThat(rejudge.judge(cancelled)).isEqualTo(skipped("its status is CANCELLED, not ERROR"));
        assertThat(rejudge.judge(other)).isEqualTo(skipped("no training type VIDEO is configured"));
        avatars.run("ALTER TABLE avatars ADD CONSTRAINT no_model CHECK (finetune_id IS NULL)");
        assertThat(rejudge.judge(refusing).kind()).isEqualTo(Verdict.Kind.REFUSED);
        assertThat(avatars.rows("SELECT 1 FROM avatars WHERE status = 'COMPLETED' OR finetune_id IS NOT NULL"))
                .isEmpty();
        assertThat(avatars.events(refusing)).isEqualTo("failed");
        avatars.run("ALTER TABLE avatars DROP CONSTRAINT no_model");
        assertThat(rejudge.judge(refusing).kind()).isEqualTo(Verdict.Kind.COMPLETED);
    }

    @Test
    void failureThatFalReportedIsNeverTurnedIntoASuccess() {
        AvatarId id = avatars.training("STYLE", "r-1", now);
        fal.has("o/a", "r-1", new FalAnswer.Completed(new FalError(0, "runner_disconnected", "lost", true)));
        fal.returns("{\"id\":\"1\"}");
        assertThat(check(WRONG).check(id, false)).isEqualTo(CheckOutcome.FAILED);

        assertThat(check(rule("[{finetune_id = id}]")).rejudge().judge(id).kind())
                .isEqualTo(Verdict.Kind.SKIPPED);
        assertThat(avatars.row(id)).containsEntry("status", "ERROR").containsEntry("finetune_id", null);
    }

    @Test
    void answersOfOneTypeAndSinceATimeAreFound() {
        List<AvatarId> ids = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            ids.add(failed("r-" + i, "{'id':'1'}"));
        }
        avatars.run(
                "UPDATE avatars SET training_type = 'PORTRAIT' WHERE id = ?",
                ids.get(0).value());
        avatars.run(
                "UPDATE avatar_monitor_answer SET at = at - INTERVAL '3' DAY WHERE avatar_id = ?",
                ids.get(1).value());
        Rejudge rejudge = check(WRONG).rejudge();

        assertThat(found(rejudge, null, Instant.EPOCH)).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(found(rejudge, "style", Instant.EPOCH)).containsExactlyInAnyOrder(ids.get(1), ids.get(2));
        assertThat(found(rejudge, "STYLE", now.minus(Duration.ofDays(2)))).containsExactly(ids.get(2));
    }

    @Test
    void moreThanAPageIsFoundEachOnce() {
        List<AvatarId> ids = new ArrayList<>();
        FalError error = new FalError(200, "", "no model", false);
        for (int i = 0; i < 201; i++) {
            AvatarId id = avatars.insert("STYLE", "ERROR", "r-" + i, now);
            UnwrittenEnd end =
                    new UnwrittenEnd("r-" + i, Ending.FAILED, "COMPLETED", "no model", error, new JsonObject(), now);
            database.inTransaction(connection -> {
                AnswerStore.keepWritten(connection, id, end, "worker-1", now);
                return ids.add(id);
            });
        }
        assertThat(found(check(WRONG).rejudge(), null, Instant.EPOCH)).containsExactlyInAnyOrderElementsOf(ids);
    }

    @Test
    void deletedAvatarIsSkipped() {
        AvatarId id = failed("r-1", "{'id':'1'}");
        avatars.run("DELETE FROM avatars WHERE id = ?", id.value());
        assertThat(check(rule("[{finetune_id = id}]")).rejudge().judge(id))
                .isEqualTo(skipped("there is no such avatar"));
    }

    private static List<AvatarId> found(Rejudge rejudge, @Nullable String type, Instant since) {
        List<AvatarId> found = new ArrayList<>();
        rejudge.each(type, since, found::add);
        return found;
    }
}
