package avatarmonitor.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.check.StatusCheck.Snapshot;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.testing.ScriptedFal;
import avatarmonitor.testing.TestDatabase;
import avatarmonitor.testing.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Checks with prefetching and buffered writes have the same results as single checks. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
final class GroupedChecksTest {
    private final TestDatabase.Fresh fresh;
    private final Observing observing;
    private final ScriptedFal fal = new ScriptedFal();
    private final StatusCheck check;
    private final boolean looks;
    private Instant now = Observing.START;

    GroupedChecksTest(TestDatabase kind) {
        fresh = kind.fresh();
        observing = new Observing(fresh.database());
        check = Checks.asking(fal, fresh.database(), () -> now);
        looks = kind != TestDatabase.H2;
    }

    @BeforeEach
    void start() {
        check.observations().start();
    }

    @AfterEach
    void close() throws Exception {
        check.observations().stop(Duration.ofSeconds(30));
        fresh.close();
    }

    @Test
    void checkThatSawTheAvatarBeforeNotesWhatItSaw() {
        AvatarId id = observing.watched();
        Snapshot seen = check.prefetch(List.of(id)).get(id);
        assertThat(seen != null).isEqualTo(looks);
        fal.status = new FalAnswer.InProgress(40);
        assertThat(check.run(id, false, seen).outcome()).isEqualTo(CheckOutcome.STILL_TRAINING);
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(observing.watch(id)).containsEntry("checks", "1"));
        assertThat(observing.avatars.row(id)).containsEntry("training_progress", "40");
    }

    @Test
    void aLookSeesWhatACheckAloneWouldSee() {
        AvatarId id = observing.watched();
        fal.status = new FalAnswer.NotFound("NOT_FOUND");
        check.atOnce(fal).check(id, false);
        AvatarId unwatched = observing.avatars.insert("odd", "cancelled", null, null);
        AvatarId gone = new AvatarId(UUID.randomUUID());

        Map<AvatarId, Snapshot> seen = check.prefetch(List.of(id, unwatched, gone, id));

        assertThat(seen).isEqualTo(looks ? Map.of(id, alone(id), unwatched, alone(unwatched)) : Map.of());
    }

    private Snapshot alone(AvatarId id) {
        AvatarStore avatars = AvatarStore.read(fresh.database(), Types.SHIPPED);
        return fresh.database()
                .<Snapshot>read(connection -> new Snapshot(
                        avatars.find(connection, id).orElseThrow(),
                        MonitoringStore.find(connection, id).orElse(null)));
    }

    @Test
    void failuresOfTwoQuickChecksAreBothCounted() {
        AvatarId id = observing.watched();
        fal.status = new FalAnswer.Unavailable(FalAnswer.Cause.TIMEOUT, "slow");
        assertThat(check.check(id, false)).isEqualTo(CheckOutcome.STILL_TRAINING);
        assertThat(check.check(id, false)).isEqualTo(CheckOutcome.STILL_TRAINING);
        now = now.plusSeconds(180);
        assertThat(check.check(id, false)).isEqualTo(CheckOutcome.GAVE_UP);
        assertThat(observing.watch(id)).containsEntry("checks", "3").containsEntry("failures_in_row", "3");
    }

    @Test
    void lookNeverSeesAnAvatarWithoutItsLastObservation() {
        AvatarId id = observing.watched();
        check.check(id, false);
        Snapshot seen = check.prefetch(List.of(id)).get(id);
        assertThat(seen == null
                        || (seen.monitoring() != null && seen.monitoring().checks() == 1))
                .isTrue();
    }

    @Test
    void whatAnOperatorAskedForIsInTheDatabaseWhenItReturns() {
        AvatarId id = observing.watched();
        fal.status = new FalAnswer.InProgress(40);
        check.check(id, false);
        fal.status = new FalAnswer.InProgress(60);
        assertThat(check.atOnce(fal).check(id, false)).isEqualTo(CheckOutcome.STILL_TRAINING);
        assertThat(observing.watch(id)).containsEntry("checks", "2");
        assertThat(observing.avatars.row(id)).containsEntry("training_progress", "60");
    }

    @Test
    void cancelAfterTheLookWins() throws Exception {
        AvatarId id = observing.watched();
        Snapshot seen = check.prefetch(List.of(id)).get(id);
        observing.avatars.run("UPDATE avatars SET status = 'CANCELLED' WHERE id = ?", id.value());
        fal.status = new FalAnswer.InProgress(40);
        check.run(id, false, seen);
        assertThat(check.observations().stop(Duration.ofSeconds(30))).isTrue();
        assertThat(observing.avatars.row(id))
                .containsEntry("status", "CANCELLED")
                .containsEntry("last_status_check", null);
        assertThat(observing.watch(id)).containsEntry("checks", "0");
    }

    @Test
    void retrainBetweenLookAndCheckIsWatchedAnewAndItsFirstObservationIsNoted() throws Exception {
        AvatarId id = observing.watched();
        observing.avatars.run("UPDATE avatars SET fal_request_id = 'r-2' WHERE id = ?", id.value());
        Snapshot seen = check.prefetch(List.of(id)).get(id);
        fal.status = new FalAnswer.InQueue(3);
        assertThat(check.run(id, false, seen).outcome()).isEqualTo(CheckOutcome.STARTED_ANEW);
        assertThat(check.observations().stop(Duration.ofSeconds(30))).isTrue();
        assertThat(observing.watch(id))
                .containsEntry("fal_request_id", "r-2")
                .containsEntry("checks", "1")
                .containsEntry("queue_position", "3");
    }
}
