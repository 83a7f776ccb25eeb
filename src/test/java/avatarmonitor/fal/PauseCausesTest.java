package avatarmonitor.fal;

import static avatarmonitor.fal.FalFixture.REQUEST;
import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.fal.FalAnswer.AccessRefused;
import avatarmonitor.fal.FalAnswer.InProgress;
import avatarmonitor.fal.FalPauseListener.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What a pause is for, and what is no matter of all requests. */
class PauseCausesTest {
    private static final InProgress ANSWER = new InProgress(5);
    private static final AccessRefused REFUSED = new AccessRefused(401, "bad key");

    private final SettableClock clock = new SettableClock();
    private final AtomicLong nanos = new AtomicLong();
    private final Queue<String> told = new ConcurrentLinkedQueue<>();
    private final Queue<Refusal> refusals = new ConcurrentLinkedQueue<>();
    private final FakeFalQueue fal = new FakeFalQueue();
    private final LimitedFalQueue queue = limited(2, 5);

    private LimitedFalQueue limited(int concurrency, int requestsPerSecond) {
        FalPauseListener listener = new FalPauseListener() {
            @Override
            public void paused(Refusal refusal, String reason, Instant until) {
                told.add("paused " + Duration.between(clock.instant(), until));
                refusals.add(refusal);
            }

            @Override
            public void resumed() {
                told.add("resumed");
            }
        };
        return new LimitedFalQueue(
                fal, concurrency, requestsPerSecond, clock, listener, nanos::get, (latch, wait) -> false);
    }

    private FalAnswer ask() {
        // Long enough for the pace to have a place again: these tests are about pauses.
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        return queue.status(REQUEST);
    }

    @Test
    void lockedAccountPausesWithItsOwnCause() {
        fal.answers(new AccessRefused(403, "HTTP 403: User is locked. Reason: Exhausted balance", true));
        ask();
        assertThat(queue.paused()).hasValueSatisfying(pause -> {
            assertThat(pause.refusal()).isEqualTo(Refusal.ACCOUNT);
            assertThat(pause.reason())
                    .isEqualTo("fal has locked the account, top it up or ask fal: "
                            + "HTTP 403: User is locked. Reason: Exhausted balance");
        });
        clock.advance(FalPause.ACCESS_PAUSE);
        fal.answers(REFUSED);
        ask();
        assertThat(refusals).as("one episode, named by its first refusal").containsExactly(Refusal.ACCOUNT);
        clock.advance(FalPause.ACCESS_PAUSE);
        fal.answers(ANSWER);
        ask();
        assertThat(told).containsExactly("paused PT1M", "resumed");
    }

    @Test
    void refusalsOfKeyAndAccountThatAlternateAreToldOnce() {
        for (int i = 0; i < 10; i++) {
            fal.answers(i % 2 == 0 ? REFUSED : new AccessRefused(402, "HTTP 402: Payment required", true));
            ask();
            assertThat(queue.paused())
                    .hasValueSatisfying(pause -> assertThat(pause.refusal()).isEqualTo(Refusal.KEY));
            clock.advance(FalPause.ACCESS_PAUSE);
        }
        assertThat(refusals).containsExactly(Refusal.KEY);
    }

    @Test
    void whatIsRefusedForOneRequestNeitherPausesNorEndsAPause() {
        fal.answers(new FalAnswer.RequestRefused(403, "HTTP 403: User is locked", true));
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        queue.result(REQUEST);
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        queue.cancel(REQUEST);
        assertThat(queue.paused()).isEmpty();
        fal.answers(REFUSED);
        ask();
        clock.advance(FalPause.ACCESS_PAUSE);
        fal.answers(new FalAnswer.RequestRefused(403, "HTTP 403: no", false));
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        queue.result(REQUEST);
        assertThat(queue.paused()).isPresent();
        fal.answers(new FalAnswer.ApplicationUnknown("HTTP 404"));
        ask();
        assertThat(queue.paused()).isPresent();
        fal.answers(ANSWER);
        assertThat(ask()).as("each of them lets the next one try").isEqualTo(ANSWER);
        assertThat(told).containsExactly("paused PT1M", "resumed");
    }
}
