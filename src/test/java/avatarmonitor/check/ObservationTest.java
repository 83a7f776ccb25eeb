package avatarmonitor.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore.Guard;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.check.decision.Monitoring;
import avatarmonitor.check.decision.Monitorings;
import avatarmonitor.check.decision.NextAction.Observed;
import avatarmonitor.check.decision.UnwrittenEnd.Ending;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Results of checks before they are written, and refusals as they are recorded. */
final class ObservationTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final AvatarId ID = new AvatarId(new UUID(0, 1));
    private static final Avatar AVATAR = new Avatar(ID, "STYLE", "TRAINING", "r-1", NOW, null);
    private static final WriteRefusal REFUSAL = new WriteRefusal("23514", "check constraint", false);

    private static Observed seen(int failures, @Nullable String error) {
        return new Observed("IN_QUEUE", 4, 7, failures, null, error, NOW, "o/a", NOW.plusSeconds(300));
    }

    private static Observation observation(@Nullable String statusBefore, boolean monitored, @Nullable String error) {
        Monitoring monitoring = monitored ? Monitorings.watched("r-1", NOW, 6, 0, statusBefore, null, null) : null;
        return new Observation(
                new CheckedAvatar(ID, AVATAR, monitoring, System.nanoTime()),
                seen(0, error),
                CheckOutcome.STILL_TRAINING,
                12);
    }

    @ParameterizedTest
    @CsvSource({
        "IN_QUEUE, true, , false",
        "IN_PROGRESS, true, , true",
        ", true, , true",
        "IN_QUEUE, true, timeout, true",
        "IN_QUEUE, false, , true"
    })
    void changedStatusAndFailureAreNews(
            @Nullable String before, boolean monitored, @Nullable String error, boolean news) {
        assertThat(observation(before, monitored, error).isNews()).isEqualTo(news);
    }

    @Test
    void itIsWrittenForItsRequestAndTheNumberOfChecksBefore() {
        Observation monitored = observation("IN_QUEUE", true, null);
        assertThat(monitored.id()).isEqualTo(ID);
        assertThat(monitored.requestId()).isEqualTo("r-1");
        assertThat(monitored.checksBefore()).isEqualTo(6);
        assertThat(observation(null, false, null).checksBefore()).isZero();
    }

    /** The next request stays where it was planned; without it the training would count as late. */
    @Test
    void refusedTouchIsAFailureAndChangesNothingElse() {
        Observation refused = observation("IN_QUEUE", true, null).refused(REFUSAL);
        assertThat(refused.seen())
                .isEqualTo(seen(1, "write refused by the database, SQLState 23514: check constraint"));
        assertThat(refused.tookMillis()).isEqualTo(12);
        assertThat(refused.outcome()).isEqualTo(CheckOutcome.STILL_TRAINING);
    }

    @Test
    void failureOfTheCheckItselfStaysBesideARefusedTouch() {
        Observation failed = new Observation(
                observation("IN_QUEUE", true, null).subject(), seen(3, "timeout"), CheckOutcome.STILL_TRAINING, 12);
        assertThat(failed.refused(REFUSAL).seen()).isEqualTo(seen(3, "timeout"));
    }

    @Test
    void refusalIsDescribedWithItsSqlStateWhereThereIsOne() {
        assertThat(REFUSAL.detail(Ending.FAILED))
                .hasToString("{\"ending\":\"failed\",\"sqlstate\":\"23514\",\"error\":\"check constraint\"}");
        WriteRefusal suppressed = WriteRefusal.suppressed();
        assertThat(suppressed.passing()).isFalse();
        assertThat(suppressed.error()).startsWith("write refused: the UPDATE of avatars changed nothing");
        assertThat(suppressed.detail(Ending.COMPLETED).keySet()).containsExactly("ending", "error");
    }

    @Test
    void onlyARowWithStatusAndRequestIsGuarded() {
        assertThat(new CheckedAvatar(ID, AVATAR, null, 0).guard()).isEqualTo(new Guard(ID, "r-1", "TRAINING"));
        assertThat(new CheckedAvatar(ID, AVATAR, null, 0).requestId()).isEqualTo("r-1");
        assertThat(new CheckedAvatar(ID, null, null, 0).requestId()).isNull();
        for (Avatar odd : new Avatar[] {
            null, new Avatar(ID, "STYLE", "TRAINING", null, NOW, null), new Avatar(ID, "STYLE", null, "r-1", NOW, null)
        }) {
            assertThatThrownBy(() -> new CheckedAvatar(ID, odd, null, 0).guard())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("nothing to guard in ");
        }
    }

    @Test
    void durationOfACheckCountsFromItsBegin() {
        long secondAgo = System.nanoTime() - 1_000_000_000L;
        assertThat(new CheckedAvatar(ID, AVATAR, null, secondAgo).tookMillis()).isBetween(1_000L, 60_000L);
    }
}
