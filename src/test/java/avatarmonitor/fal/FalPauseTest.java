package avatarmonitor.fal;

import static avatarmonitor.fal.FalFixture.REQUEST;
import static avatarmonitor.fal.PauseFixture.ANSWER;
import static avatarmonitor.fal.PauseFixture.REFUSED;
import static avatarmonitor.testing.Latches.awaitLatch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.fal.answer.FalAnswer.Cause;
import avatarmonitor.fal.answer.FalAnswer.Held;
import avatarmonitor.fal.answer.FalAnswer.RateLimited;
import avatarmonitor.fal.answer.FalAnswer.Unavailable;
import avatarmonitor.fal.limit.FalLimits;
import avatarmonitor.fal.limit.FalPause;
import avatarmonitor.fal.limit.FalPauseListener;
import avatarmonitor.fal.limit.FalPauseListener.Refusal;
import avatarmonitor.fal.limit.Paused;
import avatarmonitor.fal.limit.SharedPause;
import avatarmonitor.testing.Background;
import avatarmonitor.testing.LocalRateLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Pauses for a refused key and a rate limit, as requests of a worker experience them. */
class FalPauseTest {
    private final PauseFixture fixture = new PauseFixture();
    private final SettableClock clock = fixture.clock;
    private final Queue<String> told = fixture.told;
    private final Queue<Refusal> refusals = fixture.refusals;
    private final FakeFalQueue fal = fixture.fal;
    private final LimitedFalQueue queue = fixture.queue;
    private static final Unavailable NO_ANSWER = new Unavailable(Cause.TIMEOUT, "slow");

    @Test
    void refusedKeyHoldsEverybodyWithoutTouchingTheNetwork() {
        fal.answers(REFUSED);
        assertThat(fixture.ask()).isEqualTo(REFUSED);
        Instant until = clock.instant().plus(FalPause.ACCESS_PAUSE);

        for (int i = 0; i < 100; i++) {
            assertThat(fixture.ask()).isEqualTo(new Held(until, "fal rejects the API key: bad key"));
        }
        assertThat(queue.result(REQUEST)).isInstanceOf(Held.class);
        assertThat(queue.cancel(REQUEST)).isInstanceOf(Held.class);
        assertThat(queue.paused()).isPresent();

        assertThat(fal.asked).hasValue(1);
        assertThat(told).containsExactly("paused PT1M");
    }

    @Test
    void oneProbeGoesThroughAndRefusedAgainItPausesAgain() throws Exception {
        fal.answers(REFUSED);
        fixture.ask();
        for (int round = 2; round <= 5; round++) {
            clock.advance(FalPause.ACCESS_PAUSE);
            assertThat(fixture.ask()).isEqualTo(REFUSED);
            assertThat(fixture.ask()).isInstanceOf(Held.class);
            assertThat(fal.asked).hasValue(round);
        }
        assertThat(told).as("one episode").containsExactly("paused PT1M");
    }

    @Test
    void refusedKeyIsShownUntilFalAnswersAgain() {
        Instant since = clock.instant();
        fal.answers(REFUSED);
        fixture.ask();
        for (int round = 1; round <= 3; round++) {
            Instant until = clock.instant().plus(FalPause.ACCESS_PAUSE);
            Paused shown = new Paused(Refusal.KEY, since, until, "fal rejects the API key: bad key");
            assertThat(queue.paused()).contains(shown);
            clock.advance(FalPause.ACCESS_PAUSE);
            assertThat(queue.paused()).as("until the next try").contains(shown);
            fal.answer = () -> {
                assertThat(queue.paused()).as("while it is under way").contains(shown);
                return REFUSED;
            };
            fixture.ask();
        }
        clock.advance(FalPause.ACCESS_PAUSE);
        fal.answers(NO_ANSWER);
        fixture.ask();
        assertThat(queue.paused()).isPresent();

        fal.answers(ANSWER);
        fixture.ask();
        assertThat(queue.paused()).isEmpty();
    }

    @Test
    void refusedPaceIsShownUntilItsTimeIsOver() {
        Instant since = clock.instant();
        fal.answers(new RateLimited(Duration.ofSeconds(7)));
        fixture.ask();
        assertThat(queue.paused())
                .contains(new Paused(Refusal.PACE, since, since.plusSeconds(7), "fal asks for fewer requests"));

        clock.advance(Duration.ofSeconds(7));
        assertThat(queue.paused()).isEmpty();
    }

    @Test
    void othersAreHeldWhileTheProbeIsUnderWay() throws Exception {
        fal.answers(REFUSED);
        fixture.ask();
        clock.advance(FalPause.ACCESS_PAUSE);
        CountDownLatch probing = new CountDownLatch(1);
        CountDownLatch answering = new CountDownLatch(1);
        fal.answer = () -> {
            probing.countDown();
            awaitLatch(answering);
            return ANSWER;
        };
        CompletableFuture<FalAnswer> probe = Background.supply(fixture::ask);
        awaitLatch(probing);

        assertThat(queue.status(REQUEST)).isInstanceOf(Held.class);
        assertThat(fal.asked).hasValue(2);
        assertThat(told).containsExactly("paused PT1M");

        answering.countDown();
        assertThat(probe.get(60, TimeUnit.SECONDS)).isEqualTo(ANSWER);
        assertThat(fixture.ask()).isEqualTo(ANSWER);
        assertThat(queue.paused()).isEmpty();
        assertThat(told).containsExactly("paused PT1M", "resumed");
    }

    @Test
    void probeWithoutAnswerNeitherResumesNorBlocks() {
        fal.answers(REFUSED);
        fixture.ask();
        clock.advance(FalPause.ACCESS_PAUSE);

        fal.answers(NO_ANSWER);
        assertThat(fixture.ask()).isEqualTo(NO_ANSWER);
        assertThat(fixture.ask()).isEqualTo(NO_ANSWER);
        assertThat(told).containsExactly("paused PT1M");

        fal.answer = () -> {
            throw new IllegalStateException("a bug below");
        };
        assertThatThrownBy(fixture::ask).isInstanceOf(IllegalStateException.class);

        fal.answers(ANSWER);
        assertThat(fixture.ask()).isEqualTo(ANSWER);
        assertThat(told).containsExactly("paused PT1M", "resumed");
    }

    @Test
    void rateLimitPausesForRetryAfterAndThenAlwaysGoesOn() {
        for (int round = 1; round <= 20; round++) {
            fal.answers(new RateLimited(Duration.ofSeconds(7)));
            assertThat(fixture.ask()).isInstanceOf(RateLimited.class);
            clock.advance(Duration.ofSeconds(6));
            assertThat(fixture.ask()).isInstanceOf(Held.class);
            clock.advance(Duration.ofSeconds(1));
            assertThat(fal.asked).hasValue(round);
        }
        assertThat(told).as("one episode").containsExactly("paused PT7S");

        fal.answers(ANSWER);
        assertThat(fixture.ask()).isEqualTo(ANSWER);
        assertThat(told).containsExactly("paused PT7S", "resumed");
    }

    @Test
    void ratePauseExpiresWithoutARequest() {
        fal.answers(new RateLimited(Duration.ofSeconds(7)));
        fixture.ask();
        clock.advance(Duration.ofSeconds(7).plus(FalPause.RATE_GRACE).minusMillis(1));
        queue.expirePause();
        assertThat(told).containsExactly("paused PT7S");

        clock.advance(Duration.ofMillis(1));
        queue.expirePause();
        queue.expirePause();
        assertThat(told).containsExactly("paused PT7S", "resumed");
    }

    @Test
    void paceThatIsRefusedAfterThePauseWasOverIsAnotherEpisode() {
        for (int episode = 0; episode < 2; episode++) {
            fal.answers(new RateLimited(Duration.ofSeconds(7)));
            fixture.ask();
            clock.advance(Duration.ofSeconds(7).plus(FalPause.RATE_GRACE));
        }
        assertThat(told).containsExactly("paused PT7S", "resumed", "paused PT7S");
    }

    @Test
    void pausedPaceIsOverByTimeThoughTheClockWasSetBack() {
        fal.answers(new RateLimited(Duration.ofSeconds(7)));
        fixture.ask();
        clock.advance(Duration.ofDays(-1));
        queue.expirePause();
        assertThat(told).containsExactly("paused PT7S", "resumed");
    }

    @Test
    void refusedKeyIsNeverOverByTime() {
        fal.answers(new RateLimited(Duration.ofSeconds(7)));
        fixture.ask();
        clock.advance(Duration.ofSeconds(7));
        fal.answers(REFUSED);
        fixture.ask();
        clock.advance(Duration.ofDays(1));
        queue.expirePause();
        assertThat(told).containsExactly("paused PT7S", "paused PT1M");

        fal.answers(ANSWER);
        fixture.ask();
        assertThat(told).containsExactly("paused PT7S", "paused PT1M", "resumed");
    }

    @Test
    void keyThatIsRefusedOnTopOfThePaceIsReportedAsWell() {
        fal.answers(new RateLimited(Duration.ofSeconds(7)));
        fixture.ask();
        clock.advance(Duration.ofSeconds(7));
        fal.answers(REFUSED);
        fixture.ask();
        assertThat(told).containsExactly("paused PT7S", "paused PT1M");
        assertThat(refusals).containsExactly(Refusal.PACE, Refusal.KEY);
    }

    @Test
    void secondEpisodeIsReportedAgain() {
        for (int episode = 0; episode < 2; episode++) {
            fal.answers(REFUSED);
            fixture.ask();
            clock.advance(FalPause.ACCESS_PAUSE);
            fal.answers(ANSWER);
            fixture.ask();
        }
        assertThat(told).containsExactly("paused PT1M", "resumed", "paused PT1M", "resumed");
    }

    @Test
    void troubleWithoutRefusalPausesNothing() {
        fal.answers(NO_ANSWER);
        for (int i = 0; i < 50; i++) {
            assertThat(fixture.ask()).isEqualTo(NO_ANSWER);
        }
        assertThat(told).isEmpty();
    }

    @Test
    void answerToAQuestionFromBeforeThePauseDoesNotEndIt() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answering = new CountDownLatch(1);
        fal.answer = () -> {
            asked.countDown();
            awaitLatch(answering);
            return ANSWER;
        };
        CompletableFuture<FalAnswer> early = Background.supply(fixture::ask);
        awaitLatch(asked);
        fal.answers(REFUSED);
        fixture.ask();

        answering.countDown();
        assertThat(early.get(60, TimeUnit.SECONDS)).isEqualTo(ANSWER);

        assertThat(fixture.ask()).isInstanceOf(Held.class);
        assertThat(told).containsExactly("paused PT1M");
    }

    @Test
    void longestOfSeveralPausesCounts() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answering = new CountDownLatch(1);
        fal.answer = () -> {
            asked.countDown();
            awaitLatch(answering);
            return new RateLimited(Duration.ofSeconds(1));
        };
        CompletableFuture<FalAnswer> shorter = Background.supply(fixture::ask);
        awaitLatch(asked);
        fal.answers(new RateLimited(Duration.ofMinutes(10)));
        fixture.ask();
        answering.countDown();
        shorter.get(60, TimeUnit.SECONDS);

        clock.advance(Duration.ofMinutes(9));
        assertThat(fixture.ask()).isInstanceOf(Held.class);
    }

    @Test
    void clockSetBackDoesNotProlongAPause() {
        fal.answers(REFUSED);
        fixture.ask();
        clock.advance(Duration.ofDays(-1));
        fal.answers(ANSWER);

        assertThat(fixture.ask()).isEqualTo(ANSWER);
    }

    @Test
    void manyThreadsRefusedAtOnceAreOneEpisode() {
        try (LimitedFalQueue wide = fixture.limited(16, 1_000)) {
            CountDownLatch together = new CountDownLatch(8);
            fal.answer = () -> {
                together.countDown();
                awaitLatch(together);
                return REFUSED;
            };
            List<CompletableFuture<Void>> threads = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                threads.add(Background.run(() -> wide.status(REQUEST)));
            }
            threads.forEach(CompletableFuture::join);
        }
        assertThat(told).containsExactly("paused PT1M");
    }

    @Test
    void brokenListenerDoesNotBreakTheAnswer() {
        FalPauseListener broken = new FalPauseListener() {
            @Override
            public void paused(Refusal refusal, String reason, Instant until) {
                throw new IllegalStateException("database down");
            }

            @Override
            public void resumed() {
                throw new IllegalStateException("database down");
            }
        };
        fal.answers(REFUSED);
        try (LimitedFalQueue limited = new LimitedFalQueue(
                fal,
                1,
                new FalLimits(new LocalRateLimit(100, System::nanoTime), SharedPause.NONE, type -> false),
                clock,
                broken)) {
            assertThat(limited.status(REQUEST)).isEqualTo(REFUSED);
            clock.advance(FalPause.ACCESS_PAUSE);
            fal.answers(ANSWER);
            assertThat(limited.status(REQUEST)).isEqualTo(ANSWER);
        }
    }

    @Test
    void listenerMayAskFalItself() {
        // Would deadlock or never end if it were called under a lock.
        List<FalAnswer> seen = new ArrayList<>();
        LimitedFalQueue[] self = new LimitedFalQueue[1];
        FalPauseListener asking = new FalPauseListener() {
            @Override
            public void paused(Refusal refusal, String reason, Instant until) {
                seen.add(Background.supply(() -> self[0].status(REQUEST)).join());
            }

            @Override
            public void resumed() {
                seen.clear();
            }
        };
        fal.answers(REFUSED);
        try (LimitedFalQueue limited = new LimitedFalQueue(
                fal,
                2,
                new FalLimits(new LocalRateLimit(100, System::nanoTime), SharedPause.NONE, type -> false),
                clock,
                asking)) {
            self[0] = limited;
            limited.status(REQUEST);
        }
        assertThat(seen).hasSize(1).hasOnlyElementsOfType(Held.class);
    }
}
