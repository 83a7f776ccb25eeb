package avatarmonitor.check;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.TrainingTypes;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.fal.ModelLife;
import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.store.Database;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.TestDatabase;
import avatarmonitor.testing.Types;
import java.time.Instant;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code trainings.TYPE.check-model}: handling of a model whose files are not available. */
final class ModelCheckTest {
    @AutoClose
    private final TestDatabase.Fresh fresh = TestDatabase.H2.fresh();

    private final Database database = fresh.database();
    private final Avatars avatars = new Avatars(database);
    private final PlacedFal fal = new PlacedFal();
    private final Instant now = Instant.parse("2026-11-29T10:00:00Z");

    private StatusCheck check(String modelCheck) {
        TrainingTypes types =
                Types.configured("trainings.style.check-model = " + modelCheck, "trainings.style.endpoint = \"o/a\"");
        return Checks.asking(fal, database, () -> now, types);
    }

    @ParameterizedTest
    @CsvSource({
        "off, gone, COMPLETED, 0",
        "warn, alive, COMPLETED, 1",
        "warn, gone, COMPLETED, 1",
        "warn, unclear, COMPLETED, 1",
        "require, alive, COMPLETED, 1",
        "require, gone, FAILED, 1",
        "require, unclear, STILL_TRAINING, 1",
    })
    void filesDecideAsConfigured(String modelCheck, String life, CheckOutcome outcome, int looks) {
        AvatarId id = avatars.training("STYLE", "r-1", now);
        Checks.begin(database, id, "r-1", now);
        fal.has("o/a", "r-1", new FalAnswer.Completed(null));
        fal.returns(
                "{\"lora_file\":{\"url\":\"https://a.example/l\"},\"config_file\":{\"url\":\"https://a.example/c\"}}");
        fal.files = switch (life) {
            case "gone" -> new ModelLife.Gone("https://a.example/l answers HTTP 404");
            case "unclear" -> new ModelLife.Unclear("https://a.example/l answers HTTP 503");
            default -> new ModelLife.Alive();
        };
        assertThat(check(modelCheck).check(id, false)).isEqualTo(outcome);
        assertThat(fal.asked.stream().filter(asked -> asked.startsWith("files")))
                .hasSize(looks);
        boolean warned = modelCheck.equals("warn") && !life.equals("alive");
        assertThat(avatars.rows(
                        "SELECT 1 FROM avatar_event WHERE type = 'completed' AND detail LIKE '%model_unreachable%'"))
                .hasSize(warned ? 1 : 0);
        if (outcome == CheckOutcome.FAILED) {
            assertThat(avatars.row(id))
                    .containsEntry(
                            "training_error", "fal returned no usable model: https://a.example/l answers HTTP 404");
            fal.files = new ModelLife.Alive();
            assertThat(check(modelCheck).rejudge().judge(id).kind()).isEqualTo(Rejudge.Verdict.Kind.COMPLETED);
        }
    }
}
