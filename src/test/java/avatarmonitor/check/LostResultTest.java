package avatarmonitor.check;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.check.decision.ModelRules;
import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.fal.answer.PlatformApiAnswer;
import avatarmonitor.store.Database;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.TestDatabase;
import avatarmonitor.testing.TestEvents;
import avatarmonitor.testing.TestRules;
import avatarmonitor.testing.Types;
import com.google.gson.JsonParser;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The platform API is searched for a result that the queue has lost before the training is failed. */
final class LostResultTest {
    private static final String MODEL =
            "{\"lora_file\":{\"url\":\"https://a.example/l\"},\"config_file\":{\"url\":\"https://a.example/c\"}}";

    @AutoClose
    private final TestDatabase.Fresh fresh = TestDatabase.H2.fresh();

    private final Database database = fresh.database();
    private final Avatars avatars = new Avatars(database);
    private final PlacedFal fal = new PlacedFal();
    private Instant now = Instant.parse("2026-11-29T10:00:00Z");
    private Optional<String> previous = Optional.empty();
    private final AvatarStore store = AvatarStore.read(database, Types.SHIPPED);
    private final StatusCheck check = new StatusCheck(
            database,
            store,
            TestEvents.writer(database, () -> now, "w"),
            fal,
            TestRules.of(
                    Types.at("o/a/sub", "o/style"),
                    3,
                    Duration.ofMinutes(10),
                    new ModelRules(Types.lengths(500, 255), false),
                    type -> previous.stream().toList()),
            Duration.ofHours(9),
            () -> now);
    private final AvatarId id = avatars.training("PORTRAIT", "r-1", now);

    LostResultTest() {
        database.inTransaction(
                connection -> MonitoringStore.begin(connection, id, "r-1", now, now.plusSeconds(36_000)));
        fal.has("o/a", "other", new FalAnswer.InQueue(0));
    }

    /** Makes three checks within ten minutes, which do not use the platform API, then one after the grace period. */
    private CheckOutcome afterTheGrace() {
        for (int i = 0; i < 3; i++) {
            assertThat(check.check(id, false)).isEqualTo(CheckOutcome.STILL_TRAINING);
            now = now.plus(Duration.ofMinutes(4));
        }
        assertThat(fal.asked).noneMatch(asked -> asked.startsWith("history"));
        return check.check(id, false);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void modelThatThePlatformApiStillHasIsStored(boolean statusIsThere) {
        if (statusIsThere) {
            fal.has("o/a", "r-1", new FalAnswer.Completed(null));
        }
        fal.history = new PlatformApiAnswer.Ended(200, JsonParser.parseString(MODEL));
        assertThat(afterTheGrace()).isEqualTo(CheckOutcome.COMPLETED);
        assertThat(avatars.row(id)).containsEntry("diffusers_lora_file_url", "https://a.example/l");
        assertThat(fal.asked).filteredOn(asked -> asked.startsWith("history")).containsExactly("history r-1 [o/a/sub]");
    }

    @Test
    void platformApiIsAskedByWholeIdsOfTheEarlierEndpointToo() {
        previous = Optional.of("o/earlier/one/two");
        fal.has("o/earlier", "other", new FalAnswer.InQueue(0));
        afterTheGrace();
        assertThat(fal.asked).contains("history r-1 [o/a/sub, o/earlier/one/two]");
    }

    @Test
    void whereFalAnsweredOnlyIdsOfThatApplicationAreAskedFor() {
        previous = Optional.of("o/earlier/one/two");
        fal.has("o/earlier", "r-1", new FalAnswer.Completed(null));
        afterTheGrace();
        assertThat(fal.asked).contains("history r-1 [o/earlier/one/two]");
    }

    @Test
    void applicationThatIsConfiguredNoMoreIsAskedForAsItIsKnown() {
        previous = Optional.of("o/earlier/one/two");
        fal.has("o/earlier", "r-1", new FalAnswer.Completed(null));
        check.check(id, false);
        previous = Optional.empty();
        afterTheGrace();
        assertThat(fal.asked).contains("history r-1 [o/earlier]");
    }

    @Test
    void endpointOfTheRowIsAskedForWithItsSubPath() {
        avatars.run("ALTER TABLE avatars ADD COLUMN IF NOT EXISTS fal_endpoint varchar(200)");
        avatars.run("UPDATE avatars SET fal_endpoint = 'maker/model/klein/base/trainer' WHERE id = ?", id.value());
        store.refresh(database);
        fal.has("maker/model", "other", new FalAnswer.InQueue(0));
        afterTheGrace();
        assertThat(fal.asked).contains("history r-1 [maker/model/klein/base/trainer]");
    }

    @Test
    void trainingThatIsInNeitherFails() {
        fal.history = new PlatformApiAnswer.Absent();
        assertThat(afterTheGrace()).isEqualTo(CheckOutcome.FAILED);
        assertThat(avatars.row(id)).containsEntry("training_error", "request not found at fal");
    }

    @Test
    void failureIsReportedInItsOwnWords() {
        fal.history = new PlatformApiAnswer.Ended(422, JsonParser.parseString("{\"detail\":\"Invalid zip file\"}"));
        assertThat(afterTheGrace()).isEqualTo(CheckOutcome.FAILED);
        assertThat(avatars.row(id))
                .containsEntry("training_error", "by fal's platform API: Invalid zip file (HTTP 422)");
    }

    @Test
    void resultWithoutAModelFailsAndIsKept() {
        fal.history = new PlatformApiAnswer.Ended(200, JsonParser.parseString("{\"style_id\":\"s\"}"));
        assertThat(afterTheGrace()).isEqualTo(CheckOutcome.FAILED);
        assertThat(check.rejudge().judge(id).kind()).isEqualTo(Rejudge.Verdict.Kind.UNUSABLE);
    }

    @Test
    void resultThatWasNotKeptFails() {
        fal.history = new PlatformApiAnswer.Ended(200, null);
        assertThat(afterTheGrace()).isEqualTo(CheckOutcome.FAILED);
        assertThat(avatars.row(id).get("training_error")).contains("its result was not kept");
    }

    @Test
    void runningTrainingGoesOnAndAnUnclearAnswerIsWaitedForAnHour() {
        fal.history = new PlatformApiAnswer.Running();
        assertThat(afterTheGrace()).isEqualTo(CheckOutcome.STILL_TRAINING);
        fal.history = new PlatformApiAnswer.Unclear("HTTP 503");
        now = Instant.parse("2026-11-29T11:09:59Z");
        assertThat(check.check(id, false)).isEqualTo(CheckOutcome.STILL_TRAINING);
        now = Instant.parse("2026-11-29T11:10:00Z");
        assertThat(check.check(id, false)).isEqualTo(CheckOutcome.FAILED);
    }
}
