package avatarmonitor.fal;

import static avatarmonitor.fal.PauseFixture.ANSWER;
import static avatarmonitor.fal.PauseFixture.REFUSED;
import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.fal.answer.FalAnswer.AccessRefused;
import avatarmonitor.fal.answer.FalAnswer.RateLimited;
import avatarmonitor.fal.limit.FalPause;
import avatarmonitor.fal.limit.FalPause.Permit;
import avatarmonitor.fal.limit.FalPauseListener;
import avatarmonitor.fal.limit.FalPauseListener.Refusal;
import avatarmonitor.fal.limit.Paused;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The pause without a queue around it: concurrent requests are permits that are held at the same time. */
final class FalPauseRulesTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    private final List<String> told = new ArrayList<>();
    private Runnable whilePauseIsReported = () -> {};

    private final FalPause pause = new FalPause(new FalPauseListener() {
        @Override
        public void paused(Refusal refusal, String reason, Instant until) {
            told.add("begin " + reason);
            whilePauseIsReported.run();
            told.add("end " + reason);
        }

        @Override
        public void resumed() {
            told.add("resumed");
        }
    });

    private Permit enter(Instant at) {
        return pause.enter(at).orElseThrow();
    }

    @Test
    void refusedKeyGivesNoPermitForAMinuteAndThenOne() {
        pause.answered(enter(NOW), REFUSED, NOW);
        assertThat(pause.enter(NOW)).isEmpty();
        assertThat(pause.enter(NOW.plusMillis(59_999))).isEmpty();
        assertThat(pause.enter(NOW.plusSeconds(60)))
                .hasValueSatisfying(pass -> assertThat(pass.probe()).isTrue());
        assertThat(pause.enter(NOW.plusSeconds(60))).as("beside the probe").isEmpty();
    }

    @Test
    void requestFromBeforeTheRefusalDoesNotEndTheWaitForTheProbe() {
        Permit early = enter(NOW);
        pause.answered(enter(NOW), REFUSED, NOW);
        Permit probe = enter(NOW.plusSeconds(60));
        pause.dropped(early);
        assertThat(pause.enter(NOW.plusSeconds(61))).isEmpty();
        pause.dropped(probe);
        assertThat(pause.enter(NOW.plusSeconds(61))).isPresent();
    }

    @Test
    void firstAccessRefusalNamesThePause() {
        Permit second = enter(NOW);
        Permit third = enter(NOW);
        pause.answered(enter(NOW), new RateLimited(Duration.ofSeconds(90)), NOW);
        pause.answered(second, REFUSED, NOW.plusSeconds(1));
        pause.answered(third, new AccessRefused(403, "User is locked", true), NOW.plusSeconds(2));
        assertThat(pause.paused(NOW.plusSeconds(2)))
                .contains(new Paused(Refusal.KEY, NOW, NOW.plusSeconds(90), "fal rejects the API key: bad key"));
    }

    @Test
    void laterPaceRefusalTakesItsOwnTimeAndWords() {
        Permit second = enter(NOW);
        pause.answered(enter(NOW), new RateLimited(Duration.ofSeconds(5)), NOW);
        pause.answered(second, new RateLimited(Duration.ofSeconds(5)), NOW.plusSeconds(1));
        assertThat(pause.paused(NOW.plusSeconds(1)))
                .contains(new Paused(Refusal.PACE, NOW, NOW.plusSeconds(6), "fal asks for fewer requests"));
    }

    @Test
    void newsArriveInOrderAlsoWhenTheyAriseWhileAnotherIsReported() {
        whilePauseIsReported = () -> {
            Instant later = NOW.plusSeconds(60);
            pause.answered(enter(later), ANSWER, later);
        };
        pause.answered(enter(NOW), REFUSED, NOW);
        assertThat(told)
                .containsExactly(
                        "begin fal rejects the API key: bad key", "end fal rejects the API key: bad key", "resumed");
    }
}
