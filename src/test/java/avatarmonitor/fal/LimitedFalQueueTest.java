package avatarmonitor.fal;

import static avatarmonitor.fal.FalFixture.REQUEST;
import static avatarmonitor.testing.Latches.awaitLatch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.fal.answer.FalAnswer.Held;
import avatarmonitor.fal.answer.FalAnswer.InProgress;
import avatarmonitor.fal.limit.FalLimits;
import avatarmonitor.fal.limit.SharedPause;
import avatarmonitor.testing.Background;
import avatarmonitor.testing.LocalRateLimit;
import avatarmonitor.testing.NoPauses;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.hamcrest.Matchers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LimitedFalQueueTest {
    private static final InProgress ANSWER = new InProgress(5);

    private final SettableClock clock = new SettableClock();
    private final AtomicLong nanos = new AtomicLong();
    private final List<Duration> waits = new CopyOnWriteArrayList<>();
    private final FakeFalQueue fal = new FakeFalQueue();
    private final LimitedFalQueue queue = limited(2, 5);

    private LimitedFalQueue limited(int concurrency, int requestsPerSecond) {
        return new LimitedFalQueue(
                fal,
                concurrency,
                new FalLimits(new LocalRateLimit(requestsPerSecond, nanos::get), SharedPause.NONE, type -> false),
                clock,
                NoPauses.LISTENER,
                nanos::get,
                (latch, wait) -> {
                    waits.add(wait);
                    return latch.await(0, TimeUnit.NANOSECONDS);
                });
    }

    @AfterEach
    void close() {
        queue.close();
    }

    @Test
    void paceIsEvenAndWaitsAreBounded() {
        fal.answers(ANSWER);
        List<FalAnswer> answers = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            answers.add(queue.status(REQUEST));
        }
        // The clock is frozen: every request waits for one more slot of 200 ms, until the wait would exceed 5 s.
        assertThat(waits).startsWith(Duration.ZERO, Duration.ofMillis(200), Duration.ofMillis(400));
        assertThat(waits).allMatch(wait -> wait.compareTo(LimitedFalQueue.WAIT_MAX) <= 0);
        assertThat(fal.asked).hasValue(26);
        assertThat(answers.subList(26, 40))
                .containsOnly(
                        new Held(clock.instant().plus(LimitedFalQueue.WAIT_MAX), "fal.requests-per-second is used up"));

        nanos.addAndGet(Duration.ofSeconds(60).toNanos());
        assertThat(queue.status(REQUEST)).isEqualTo(ANSWER);
        assertThat(waits.get(26)).isEqualTo(Duration.ZERO);
        assertThat(queue.status(REQUEST)).isEqualTo(ANSWER);
        assertThat(waits.get(27)).as("idle time buys no burst").isEqualTo(Duration.ofMillis(200));
    }

    /** Checks have taken the next 5 s, and an operator the part of operators. */
    @Test
    void hintWaitsUntilTheRateLimitHasATimeForItAndNotForEver() {
        fal.answers(ANSWER);
        boolean[] passes = {false};
        try (LimitedFalQueue full = new LimitedFalQueue(
                fal,
                2,
                new FalLimits(new LocalRateLimit(1, nanos::get), SharedPause.NONE, type -> false),
                clock,
                NoPauses.LISTENER,
                nanos::get,
                (latch, wait) -> {
                    waits.add(wait);
                    nanos.addAndGet(passes[0] ? wait.toNanos() : 0);
                    return false;
                })) {
            for (int i = 0; i < 6; i++) {
                assertThat(full.status(REQUEST)).isEqualTo(ANSWER);
            }
            assertThat(full.forOperator(false).status(REQUEST)).isEqualTo(ANSWER);
            Held usedUp = new Held(clock.instant().plusSeconds(5), "fal.requests-per-second is used up");
            waits.clear();
            assertThat(full.forOperator(false).status(REQUEST))
                    .as("a request of an operator is refused at once")
                    .isEqualTo(usedUp);
            assertThat(waits).isEmpty();

            LimitedFalQueue hints = full.forHints();
            assertThat(hints.status(REQUEST)).isEqualTo(usedUp);
            assertThat(waits).hasSize(5).containsOnly(Duration.ofSeconds(1));

            passes[0] = true;
            waits.clear();
            assertThat(hints.status(REQUEST)).isEqualTo(ANSWER);
            assertThat(waits).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(5));
        }
    }

    /** Without this all requests of a frozen process would be sent at once when it goes on. */
    @Test
    void turnThatIsMissedByMoreThanAFifthOfASecondIsNotTakenLater() {
        fal.answers(ANSWER);
        List<Long> late = new ArrayList<>(List.of(200L, 201L, 0L, 201L, 201L));
        try (LimitedFalQueue slow = new LimitedFalQueue(
                fal,
                2,
                new FalLimits(new LocalRateLimit(5, nanos::get), SharedPause.NONE, type -> false),
                clock,
                NoPauses.LISTENER,
                nanos::get,
                (latch, wait) -> {
                    waits.add(wait);
                    nanos.addAndGet(
                            wait.toNanos() + Duration.ofMillis(late.remove(0)).toNanos());
                    return false;
                })) {
            assertThat(slow.status(REQUEST)).as("200 ms late").isEqualTo(ANSWER);
            assertThat(waits).hasSize(1);
            assertThat(slow.status(REQUEST)).as("201 ms late, then in time").isEqualTo(ANSWER);
            assertThat(waits).hasSize(3);
            assertThat(slow.status(REQUEST))
                    .as("late twice")
                    .isEqualTo(new Held(clock.instant(), "this worker missed its turns of fal.requests-per-second"));
            assertThat(fal.asked).hasValue(2);
        }
    }

    /** The check decided before the pause and waited for its turn meanwhile. */
    @Test
    void checkThatWaitsForItsTurnIsHeldOnceAnOperatorPausesItsType() {
        fal.answers(ANSWER);
        Set<String> paused = new HashSet<>();
        FalLimits limits = new FalLimits(
                new LocalRateLimit(5, nanos::get), SharedPause.NONE, type -> type != null && paused.contains(type));
        FalRequest style = new FalRequest("o/a", REQUEST.id(), "STYLE");
        FalRequest portrait = new FalRequest("o/a", REQUEST.id(), "PORTRAIT");
        try (LimitedFalQueue waiting =
                new LimitedFalQueue(fal, 2, limits, clock, NoPauses.LISTENER, nanos::get, (latch, wait) -> {
                    paused.add("STYLE");
                    return false;
                })) {
            assertThat(waiting.status(style)).isEqualTo(new Held(clock.instant(), "polling is paused by an operator"));
            assertThat(waiting.result(style)).isInstanceOf(Held.class);
            assertThat(waiting.forOperator(true).status(style)).as("a hint").isInstanceOf(Held.class);
            assertThat(fal.asked).hasValue(0);
            assertThat(waiting.status(portrait)).isEqualTo(ANSWER);
            assertThat(waiting.forOperator(false).status(style))
                    .as("an operator asks")
                    .isEqualTo(ANSWER);
            fal.answers(new FalAnswer.CancelRequested());
            assertThat(waiting.cancel(style)).as("an operator cancels").isNotInstanceOf(Held.class);
        }
    }

    @Test
    void noMoreQuestionsAtOnceThanAllowed() throws Exception {
        CountDownLatch answering = new CountDownLatch(1);
        fal.answer = () -> {
            awaitLatch(answering);
            return ANSWER;
        };
        try (LimitedFalQueue narrow = limited(3, 1_000)) {
            List<CompletableFuture<FalAnswer>> threads = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                threads.add(ask(narrow));
            }
            await().untilAtomic(fal.asked, Matchers.is(3));
            await().during(Duration.ofMillis(300)).untilAtomic(fal.asked, Matchers.is(3));
            answering.countDown();
            for (CompletableFuture<FalAnswer> thread : threads) {
                assertThat(thread.get(60, TimeUnit.SECONDS)).isEqualTo(ANSWER);
            }
        }
    }

    @Test
    void hintsDoNotWaitForOperatorsWhoHaveTakenTheirPlaces() throws Exception {
        CountDownLatch answering = new CountDownLatch(1);
        fal.answer = () -> {
            awaitLatch(answering);
            return ANSWER;
        };
        try (LimitedFalQueue narrow = limited(1, 1_000)) {
            LimitedFalQueue bulk = narrow.forOperator(true);
            LimitedFalQueue hints = narrow.forHints();
            List<CompletableFuture<FalAnswer>> threads = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                threads.add(ask(bulk));
            }
            await().untilAtomic(fal.asked, Matchers.is(2));
            for (int i = 0; i < 9; i++) {
                threads.add(ask(hints));
            }
            await().untilAtomic(fal.asked, Matchers.is(2 + 8));
            await().during(Duration.ofMillis(100)).untilAtomic(fal.asked, Matchers.is(2 + 8));
            answering.countDown();
            for (CompletableFuture<FalAnswer> thread : threads) {
                assertThat(thread.get(60, TimeUnit.SECONDS)).isEqualTo(ANSWER);
            }
        }
    }

    @Test
    void requestBesideTheFirstTakesItsTurnAfterASecondAtTheEarliest() throws Exception {
        CountDownLatch answering = new CountDownLatch(1);
        fal.answer = () -> {
            awaitLatch(answering);
            return ANSWER;
        };
        try (LimitedFalQueue cold = limited(3, 1_000)) {
            long began = System.nanoTime();
            CompletableFuture<FalAnswer> first = ask(cold);
            await().untilAtomic(fal.asked, Matchers.is(1));
            CompletableFuture<FalAnswer> second = ask(cold);
            await().until(() -> waits.size() == 2);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
            answering.countDown();
            assertThat(first.get(60, TimeUnit.SECONDS)).isEqualTo(ANSWER);
            assertThat(second.get(60, TimeUnit.SECONDS)).isEqualTo(ANSWER);
        }
    }

    @Test
    void requestThatIsNotSentLeavesTheSlowStartToTheNext() throws Exception {
        FirstRequest first = new FirstRequest();
        assertThat(first.await()).isTrue();
        first.notSent();
        assertThat(first.await()).as("the next is the first").isTrue();
        first.answered();
        assertThat(first.await()).isFalse();
    }

    private static CompletableFuture<FalAnswer> ask(LimitedFalQueue queue) {
        return Background.supply(() -> queue.status(REQUEST));
    }

    @Test
    void closingWakesAWaitingRequest() throws Exception {
        LimitedFalQueue slow = new LimitedFalQueue(
                fal,
                2,
                new FalLimits(new LocalRateLimit(1, System::nanoTime), SharedPause.NONE, type -> false),
                clock,
                NoPauses.LISTENER);
        slow.status(REQUEST);
        CompletableFuture<FalAnswer> waiting = Background.supply(() -> slow.status(REQUEST));

        slow.close();

        assertThat(waiting.get(60, TimeUnit.SECONDS)).isInstanceOf(Held.class);
        assertThat(fal.asked).hasValue(1);
    }

    @Test
    void interruptedQuestionIsHeldAndStaysInterrupted() {
        Thread.currentThread().interrupt();

        assertThat(queue.status(REQUEST)).isInstanceOf(Held.class);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(fal.asked).hasValue(0);
    }
}
