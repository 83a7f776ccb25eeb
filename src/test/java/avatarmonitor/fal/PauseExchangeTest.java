package avatarmonitor.fal;

import static avatarmonitor.fal.FalFixture.REQUEST;
import static avatarmonitor.fal.PauseFixture.ANSWER;
import static avatarmonitor.fal.PauseFixture.REFUSED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.fal.answer.FalAnswer.Held;
import avatarmonitor.fal.limit.FalLimits;
import avatarmonitor.fal.limit.FalPauseListener.Refusal;
import avatarmonitor.fal.limit.Paused;
import avatarmonitor.fal.limit.SharedPause;
import avatarmonitor.testing.LocalRateLimit;
import avatarmonitor.testing.NoPauses;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A shared pause whose place cannot be reached, or that fails to agree. With databases: {@code ClusterPauseTest}. */
final class PauseExchangeTest {
    private final SettableClock clock = new SettableClock();
    private final List<SharedPause.Found> written = new ArrayList<>();
    private boolean reachable;
    private boolean claimable = true;
    private final FakeFalQueue fal = new FakeFalQueue();

    private final SharedPause shared = new SharedPause() {
        @Override
        public Optional<Known> exchange(Found found, Instant now) {
            if (!reachable) {
                throw new IllegalStateException("away");
            }
            written.add(found);
            return Optional.empty();
        }

        @Override
        public Optional<Claim> claim(long version) {
            return claimable ? Optional.of(new Claim(version + 1, Duration.ZERO)) : Optional.empty();
        }
    };

    private final LimitedFalQueue queue = new LimitedFalQueue(
            fal,
            2,
            new FalLimits(new LocalRateLimit(1_000, System::nanoTime), shared, type -> false),
            clock,
            NoPauses.LISTENER);

    @Test
    void pauseHoldsForThisProcessWhileItCannotBeSharedAndIsSharedLater() {
        fal.answers(REFUSED);
        queue.status(REQUEST);
        assertThatThrownBy(queue::exchangePause).hasMessage("away");
        assertThat(queue.status(REQUEST)).isInstanceOf(Held.class);
        reachable = true;
        queue.exchangePause();
        assertThat(written)
                .containsExactly(new SharedPause.Found.Refused(new Paused(
                        Refusal.KEY,
                        clock.instant(),
                        clock.instant().plusSeconds(60),
                        "fal rejects the API key: bad key")));
    }

    @Test
    void attemptThatAnotherProcessMakesIsNotMade() {
        reachable = true;
        fal.answers(REFUSED);
        queue.status(REQUEST);
        clock.advance(Duration.ofSeconds(60));
        fal.answers(ANSWER);
        claimable = false;
        assertThat(queue.status(REQUEST)).isInstanceOf(Held.class);
        assertThat(fal.asked).hasValue(1);
        claimable = true;
        assertThat(queue.status(REQUEST)).isEqualTo(ANSWER);
    }
}
