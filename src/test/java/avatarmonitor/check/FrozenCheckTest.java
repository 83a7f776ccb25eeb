package avatarmonitor.check;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.check.decision.Monitoring;
import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.ScriptedFal;
import avatarmonitor.testing.TestDatabase;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A check that was frozen during another one writes no outdated result. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
final class FrozenCheckTest {
    private final TestDatabase.Fresh fresh;
    private final Avatars avatars;
    private final ScriptedFal fal = new ScriptedFal();
    private final StatusCheck check;
    private final AvatarId id;
    private Instant now = Instant.parse("2026-11-23T10:00:00Z");
    private boolean frozen;

    FrozenCheckTest(TestDatabase kind) {
        fresh = kind.fresh();
        avatars = new Avatars(fresh.database());
        check = Checks.asking(fal, fresh.database(), () -> now);
        id = avatars.training("PORTRAIT", "r-1", now);
    }

    @BeforeEach
    void watched() {
        Checks.begin(fresh.database(), id, "r-1", now);
    }

    @AfterEach
    void close() {
        fresh.close();
    }

    /**
     * The first check gets the old answer, then freezes while another worker makes a whole check with the new answer.
     */
    private CheckOutcome frozenWith(FalAnswer.Status old, FalAnswer.Status young, boolean lastInWindow) {
        fal.onStatus = () -> {
            if (!frozen) {
                frozen = true;
                fal.status = young;
                now = now.plusSeconds(40);
                assertThat(check.check(id, false)).isEqualTo(CheckOutcome.STILL_TRAINING);
                fal.status = old;
                fal.onStatus = () -> fal.status = young;
            }
        };
        return check.check(id, lastInWindow);
    }

    @Test
    void oldProgressDoesNotTakeThePlaceOfNewer() {
        frozenWith(new FalAnswer.InQueue(7), new FalAnswer.InProgress(60), false);

        assertThat(avatars.row("SELECT last_fal_status, queue_position, checks FROM avatar_monitoring"))
                .containsEntry("last_fal_status", "IN_PROGRESS")
                .containsEntry("queue_position", null)
                .as("the frozen check looked once more")
                .containsEntry("checks", "2");
        assertThat(avatars.row(id)).containsEntry("training_progress", "60");
        assertThat(fal.asked).hasSize(3);
    }

    @Test
    void batchThatLookedBeforeAFreezeDoesNotEndNewerMonitoring() {
        Avatar mistaken = new Avatar(id, "LANDSCAPE", "TRAINING", "r-1", now, null);
        Monitoring old = fresh.database()
                .read(connection -> MonitoringStore.find(connection, id))
                .orElseThrow();
        now = now.plusSeconds(40);
        // Meanwhile the application corrected the type, and another worker started monitoring it again.
        Checks.begin(fresh.database(), id, "r-1", now);
        fal.status = new FalAnswer.InProgress(60);

        assertThat(check.run(id, false, new StatusCheck.Snapshot(mistaken, old)).outcome())
                .isEqualTo(CheckOutcome.STILL_TRAINING);

        assertThat(avatars.row("SELECT outcome, last_fal_status FROM avatar_monitoring"))
                .containsEntry("outcome", null)
                .containsEntry("last_fal_status", "IN_PROGRESS");
        assertThat(avatars.count("SELECT count(*) FROM avatar_event WHERE type = 'invalid'"))
                .isZero();
    }

    /** Each end of monitoring that needs no check result, or whose result does not conflict. */
    @ParameterizedTest
    @CsvSource({"held, true, WAITING", "queued, true, STILL_TRAINING", "failing, false, STILL_TRAINING"})
    void checkThatStoodStillDoesNotEndMonitoringThatBeganMeanwhile(
            String said, boolean lastInWindow, CheckOutcome outcome) {
        FalAnswer.Status answer = switch (said) {
            case "held" -> new FalAnswer.Held(now.plusSeconds(90), "fal rejects the API key");
            case "queued" -> new FalAnswer.InQueue(7);
            default -> new FalAnswer.Unavailable(FalAnswer.Unavailable.Cause.TIMEOUT, "frozen");
        };
        avatars.run("UPDATE avatar_monitoring SET failures_in_row = 2");
        fal.status = answer;
        fal.onStatus = () -> {
            if (!frozen) {
                frozen = true;
                now = now.plusSeconds(40);
                Checks.begin(fresh.database(), id, "r-1", now);
            }
        };

        assertThat(check.check(id, lastInWindow)).isEqualTo(outcome);

        assertThat(avatars.row("SELECT outcome, rounds FROM avatar_monitoring"))
                .containsEntry("outcome", null)
                .containsEntry("rounds", "2");
        assertThat(avatars.count("SELECT count(*) FROM avatar_event")).isZero();
    }

    @Test
    void batchThatLookedBeforeAFreezeDoesNotStopATrainingThatBeganAgain() {
        Avatar ended = new Avatar(id, "PORTRAIT", "CANCELLED", "r-0", now, null);
        Monitoring old = fresh.database()
                .read(connection -> MonitoringStore.find(connection, id))
                .orElseThrow();
        now = now.plusSeconds(40);
        fal.status = new FalAnswer.InProgress(60);

        assertThat(check.run(id, false, new StatusCheck.Snapshot(ended, old)).outcome())
                .isEqualTo(CheckOutcome.STILL_TRAINING);

        assertThat(avatars.row("SELECT outcome FROM avatar_monitoring")).containsEntry("outcome", null);
    }

    @Test
    void failureOfAFrozenCheckIsNotCounted() {
        frozenWith(
                new FalAnswer.Unavailable(FalAnswer.Unavailable.Cause.TIMEOUT, "frozen"),
                new FalAnswer.InQueue(1),
                false);

        assertThat(avatars.row("SELECT failures_in_row, last_error FROM avatar_monitoring"))
                .containsEntry("failures_in_row", "0")
                .containsEntry("last_error", null);
    }

    @Test
    void lastLookOfAWindowIsLookedOnceMore() {
        assertThat(frozenWith(new FalAnswer.InQueue(7), new FalAnswer.InProgress(60), true))
                .isEqualTo(CheckOutcome.WINDOW_EXPIRED);
        assertThat(avatars.events(id)).isEqualTo("window_expired");
    }
}
