package avatarmonitor.fal;

import static avatarmonitor.fal.FalFixture.REQUEST;
import static avatarmonitor.fal.PauseFixture.ANSWER;
import static avatarmonitor.fal.PauseFixture.REFUSED;
import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.fal.answer.FalAnswer.AccessRefused;
import avatarmonitor.fal.limit.FalPause;
import avatarmonitor.fal.limit.FalPauseListener.Refusal;
import java.time.Duration;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** Which answers pause all requests, and which do not. */
class PauseCausesTest {
    private final PauseFixture fixture = new PauseFixture();
    private final SettableClock clock = fixture.clock;
    private final Queue<String> told = fixture.told;
    private final Queue<Refusal> refusals = fixture.refusals;
    private final FakeFalQueue fal = fixture.fal;
    private final LimitedFalQueue queue = fixture.queue;

    @Test
    void lockedAccountPausesWithItsOwnCause() {
        fal.answers(new AccessRefused(403, "HTTP 403: User is locked. Reason: Exhausted balance", true));
        fixture.ask();
        assertThat(queue.paused()).hasValueSatisfying(pause -> {
            assertThat(pause.refusal()).isEqualTo(Refusal.ACCOUNT);
            assertThat(pause.reason())
                    .isEqualTo("fal has locked the account: " + "HTTP 403: User is locked. Reason: Exhausted balance");
        });
        clock.advance(FalPause.ACCESS_PAUSE);
        fal.answers(REFUSED);
        fixture.ask();
        assertThat(refusals).as("one episode, named by its first refusal").containsExactly(Refusal.ACCOUNT);
        clock.advance(FalPause.ACCESS_PAUSE);
        fal.answers(ANSWER);
        fixture.ask();
        assertThat(told).containsExactly("paused PT1M", "resumed");
    }

    @Test
    void refusalsOfKeyAndAccountThatAlternateAreReportedOnce() {
        for (int i = 0; i < 10; i++) {
            fal.answers(i % 2 == 0 ? REFUSED : new AccessRefused(402, "HTTP 402: Payment required", true));
            fixture.ask();
            assertThat(queue.paused())
                    .hasValueSatisfying(pause -> assertThat(pause.refusal()).isEqualTo(Refusal.KEY));
            clock.advance(FalPause.ACCESS_PAUSE);
        }
        assertThat(refusals).containsExactly(Refusal.KEY);
    }

    @Test
    void whatIsRefusedForOneRequestNeitherPausesNorEndsAPause() {
        fal.answers(new FalAnswer.RequestRefused(403, "HTTP 403: User is locked", true));
        fixture.nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        queue.result(REQUEST);
        fixture.nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        queue.cancel(REQUEST);
        assertThat(queue.paused()).isEmpty();
        fal.answers(REFUSED);
        fixture.ask();
        clock.advance(FalPause.ACCESS_PAUSE);
        fal.answers(new FalAnswer.RequestRefused(403, "HTTP 403: no", false));
        fixture.nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        queue.result(REQUEST);
        assertThat(queue.paused()).isPresent();
        fal.answers(new FalAnswer.ApplicationUnknown("HTTP 404"));
        fixture.ask();
        assertThat(queue.paused()).isPresent();
        fal.answers(ANSWER);
        assertThat(fixture.ask()).as("each of them lets the next one try").isEqualTo(ANSWER);
        assertThat(told).containsExactly("paused PT1M", "resumed");
    }
}
