package avatarmonitor.fal.limit;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.fal.answer.FalAnswer.AccessRefused;
import avatarmonitor.fal.answer.FalAnswer.InProgress;
import avatarmonitor.fal.answer.FalAnswer.RateLimited;
import avatarmonitor.fal.limit.FalPause.LocalFinding;
import avatarmonitor.fal.limit.FalPause.Permit;
import avatarmonitor.fal.limit.FalPauseListener.Refusal;
import avatarmonitor.fal.limit.SharedPause.Found;
import avatarmonitor.fal.limit.SharedPause.Known;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a pause gives to the other processes and takes from them. With databases: {@code ClusterPauseTest}. */
final class SharedPauseRulesTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final Instant IN_A_MINUTE = Instant.parse("2026-11-23T10:01:00Z");
    private static final Paused KEY = new Paused(Refusal.KEY, NOW, IN_A_MINUTE, "fal rejects the API key: bad key");

    private final List<String> told = new ArrayList<>();
    private final FalPause pause = new FalPause(new FalPauseListener() {
        @Override
        public void paused(Refusal refusal, String reason, Instant until) {
            told.add(refusal + " until " + until);
        }

        @Override
        public void resumed() {
            told.add("resumed");
        }
    });

    private Permit enter(Instant at) {
        return pause.enter(at).orElseThrow();
    }

    private void refusedKey() {
        pause.answered(enter(NOW), new AccessRefused(401, "bad key"), NOW);
    }

    private void refusedPace(Duration retryAfter) {
        pause.answered(enter(NOW), new RateLimited(retryAfter), NOW);
    }

    private static Paused pace(Instant until) {
        return new Paused(Refusal.PACE, NOW, until, "fal asks for fewer requests");
    }

    private boolean adopt(boolean over, Paused other, Instant now) {
        boolean adopted = pause.adopt(pause.unshared(0), new Known(1, over, other), true, now);
        pause.notifyListener();
        return adopted;
    }

    @Test
    void refusalAndTheAnswerThatEndsItAreToBeShared() {
        assertThat(pause.isUnshared()).isFalse();
        assertThat(pause.unshared(7).found()).isEqualTo(new Found.Nothing());
        refusedKey();
        assertThat(pause.isUnshared()).isTrue();
        assertThat(pause.unshared(7).found()).isEqualTo(new Found.Refused(KEY));

        pause.answered(enter(IN_A_MINUTE), new InProgress(5), IN_A_MINUTE);
        assertThat(pause.isUnshared()).isTrue();
        assertThat(pause.unshared(7).found()).isEqualTo(new Found.Answered(7));
    }

    /** The pause expires for all by itself. */
    @Test
    void expiryOfARatePauseIsNotShared() {
        refusedPace(Duration.ofSeconds(7));
        pause.expire(NOW.plusSeconds(67).minusMillis(1));
        assertThat(pause.isUnshared()).isTrue();
        pause.expire(NOW.plusSeconds(67));
        assertThat(pause.isUnshared()).isFalse();
        assertThat(told).containsExactly("PACE until 2026-11-23T10:00:07Z", "resumed");
    }

    @Test
    void whatIsFoundDuringAnExchangeComesFirst() {
        LocalFinding before = pause.unshared(0);
        refusedKey();
        assertThat(pause.adopt(before, new Known(1, true, KEY), true, NOW)).isFalse();
        assertThat(pause.isUnshared()).isTrue();
        assertThat(pause.paused(NOW)).contains(KEY);
    }

    @Test
    void unchangedSharedPauseOnlySettlesWhatWasFound() {
        refusedKey();
        LocalFinding mine = pause.unshared(0);
        assertThat(pause.adopt(mine, new Known(1, true, KEY), false, NOW)).isTrue();
        assertThat(pause.isUnshared()).isFalse();
        assertThat(pause.paused(NOW)).contains(KEY);
        assertThat(told).hasSize(1);
    }

    @Test
    void pauseThatAnotherProcessEndedIsOver() {
        assertThat(adopt(true, KEY, NOW)).isTrue();
        assertThat(told).as("there was none").isEmpty();
        refusedKey();
        assertThat(adopt(true, KEY, NOW)).isTrue();
        assertThat(told).containsExactly("KEY until 2026-11-23T10:01:00Z", "resumed");
        assertThat(pause.held(NOW)).isEmpty();
        assertThat(pause.isUnshared()).isFalse();
    }

    /** An access refusal lasts until fal answers, a rate pause until its time. */
    @ParameterizedTest
    @CsvSource({"KEY, -60000, true", "ACCOUNT, -60000, true", "PACE, 1, true", "PACE, 0, false", "PACE, -1, false"})
    void pauseOfAnotherProcessIsTakenOverWhileItLasts(Refusal refusal, int untilMillis, boolean taken) {
        Paused other = new Paused(refusal, NOW, NOW.plusMillis(untilMillis), "why");
        assertThat(adopt(false, other, NOW)).isTrue();
        assertThat(told).hasSize(taken ? 1 : 0);
        assertThat(pause.unshared(0).changes()).isEqualTo(taken ? 1 : 0);
        assertThat(pause.isUnshared()).isFalse();
    }

    /** The clocks of two processes are converted into each other, which differs by some milliseconds. */
    @ParameterizedTest
    @CsvSource({"KEY, 999, false", "KEY, -999, false", "KEY, 1000, true", "KEY, -1000, true", "ACCOUNT, 0, true"})
    void samePauseIsNotTakenOverAgain(Refusal refusal, int laterMillis, boolean taken) {
        refusedKey();
        Paused other = new Paused(refusal, NOW, IN_A_MINUTE.plusMillis(laterMillis), "why");
        assertThat(adopt(false, other, NOW)).isTrue();
        assertThat(pause.paused(NOW)).contains(taken ? other : KEY);
        assertThat(told).as("still the same for an operator").hasSize(1);
    }

    @Test
    void refusedKeyOfAnotherProcessOnTopOfARatePauseIsReported() {
        refusedPace(Duration.ofSeconds(7));
        adopt(false, KEY, NOW);
        assertThat(told).containsExactly("PACE until 2026-11-23T10:00:07Z", "KEY until 2026-11-23T10:01:00Z");
        adopt(false, pace(NOW.plusSeconds(90)), NOW);
        assertThat(told).as("fewer requests are no news after that").hasSize(2);
    }

    @Test
    void answerToARequestFromBeforeThePauseOfAnotherProcessDoesNotEndIt() {
        Permit early = enter(NOW);
        adopt(false, KEY, NOW);
        pause.answered(early, new InProgress(5), NOW.plusSeconds(1));
        assertThat(pause.paused(NOW.plusSeconds(1))).contains(KEY);
    }

    /** During a rate pause several requests may be under way: a 429 for one says nothing about the others. */
    @Test
    void answerToARequestFromBeforeTheLast429OfAnotherProcessDoesNotEndTheRatePause() {
        refusedPace(Duration.ofSeconds(7));
        Permit early = enter(NOW.plusSeconds(7));
        adopt(false, pace(NOW.plusSeconds(90)), NOW.plusSeconds(8));
        pause.answered(early, new InProgress(5), NOW.plusSeconds(9));
        assertThat(pause.paused(NOW.plusSeconds(9))).contains(pace(NOW.plusSeconds(90)));
    }

    @Test
    void pauseWhoseSharedRowWasDeletedIsSharedAgainWhileItLasts() {
        pause.missing(pause.unshared(0), NOW);
        assertThat(pause.isUnshared()).as("there is none").isFalse();

        refusedPace(Duration.ofSeconds(7));
        pause.missing(pause.unshared(0), NOW.plusSeconds(7));
        assertThat(pause.isUnshared()).as("its time is over").isFalse();
        pause.missing(pause.unshared(0), NOW.plusSeconds(7).minusMillis(1));
        assertThat(pause.isUnshared()).isTrue();

        Permit next = enter(NOW.plusSeconds(8));
        pause.answered(next, new AccessRefused(401, "bad key"), NOW.plusSeconds(8));
        LocalFinding mine = pause.unshared(0);
        pause.adopt(mine, new Known(1, false, KEY), false, NOW.plusSeconds(8));
        assertThat(pause.isUnshared()).isFalse();
        pause.missing(pause.unshared(0), NOW.plus(Duration.ofDays(1)));
        assertThat(pause.isUnshared()).as("until fal answers").isTrue();
    }

    @Test
    void deletedRowSaysNothingAboutAPauseThatBeganMeanwhile() {
        LocalFinding before = pause.unshared(0);
        refusedKey();
        pause.missing(before, NOW.plusSeconds(120));
        assertThat(pause.unshared(0).found()).isEqualTo(new Found.Refused(KEY));
    }

    /** Longer than any pause: the clock was set back. */
    @Test
    void pauseNeverLastsLongerThanAQuarterOfAnHour() {
        Paused longest = pace(Instant.parse("2026-11-23T10:15:00Z"));
        assertThat(longest.outlastsAll(NOW)).isFalse();
        assertThat(longest.outlastsAll(NOW.minusNanos(1))).isTrue();
        assertThat(longest.isOverByTime(NOW)).isFalse();
        assertThat(longest.isOverByTime(NOW.minusNanos(1))).isTrue();
    }

    @Test
    void ratePauseIsOverAMinuteAfterItsEndAndAnAccessPauseNever() {
        Instant minuteLater = Instant.parse("2026-11-23T10:02:00Z");
        assertThat(pace(IN_A_MINUTE).isOverByTime(minuteLater.minusNanos(1))).isFalse();
        assertThat(pace(IN_A_MINUTE).isOverByTime(minuteLater)).isTrue();
        assertThat(KEY.isOverByTime(minuteLater.plusSeconds(86_400))).isFalse();
        assertThat(KEY.isAccess()).isTrue();
        assertThat(pace(IN_A_MINUTE).isAccess()).isFalse();
    }

    @Test
    void joinedPauseBeganWithTheFirstRefusalAndEndsWithTheLatest() {
        Paused later = new Paused(Refusal.ACCOUNT, NOW.plusSeconds(5), NOW.plusSeconds(65), "locked");
        assertThat(KEY.joinedBy(later)).isEqualTo(new Paused(Refusal.KEY, NOW, NOW.plusSeconds(65), KEY.reason()));
        assertThat(pace(NOW.plusSeconds(90)).joinedBy(later))
                .isEqualTo(new Paused(Refusal.ACCOUNT, NOW, NOW.plusSeconds(90), "locked"));
    }

    @Test
    void pauseIsConvertedIntoTheTimeOfAnotherClock() {
        assertThat(KEY.by(Duration.ofSeconds(-3)))
                .isEqualTo(new Paused(
                        Refusal.KEY,
                        Instant.parse("2026-11-23T09:59:57Z"),
                        Instant.parse("2026-11-23T10:00:57Z"),
                        KEY.reason()));
    }

    /** The second half of a minute after a clock that was set back by an hour. */
    @Test
    void requestIsSentWhenTheClockWasSetBack() {
        refusedKey();
        assertThat(pause.held(NOW.plusSeconds(59))).isPresent();
        assertThat(pause.held(NOW.minus(Duration.ofMinutes(14)))).isPresent();
        assertThat(pause.held(NOW.minus(Duration.ofMinutes(14)).minusNanos(1))).isEmpty();
    }

    @Test
    void requestBesideAProbeIsHeldForFiveSeconds() {
        refusedKey();
        enter(IN_A_MINUTE);
        assertThat(pause.held(IN_A_MINUTE))
                .hasValueSatisfying(held -> assertThat(held.until()).isEqualTo(Instant.parse("2026-11-23T10:01:05Z")));
    }
}
