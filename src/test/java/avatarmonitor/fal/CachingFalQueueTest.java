package avatarmonitor.fal;

import static avatarmonitor.fal.FalFixture.REQUEST;
import static avatarmonitor.testing.Latches.awaitLatch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.fal.answer.FalAnswer.AccessRefused;
import avatarmonitor.fal.answer.FalAnswer.AlreadyOver;
import avatarmonitor.fal.answer.FalAnswer.Cancelled;
import avatarmonitor.fal.answer.FalAnswer.Cause;
import avatarmonitor.fal.answer.FalAnswer.Completed;
import avatarmonitor.fal.answer.FalAnswer.Failed;
import avatarmonitor.fal.answer.FalAnswer.Held;
import avatarmonitor.fal.answer.FalAnswer.InProgress;
import avatarmonitor.fal.answer.FalAnswer.InQueue;
import avatarmonitor.fal.answer.FalAnswer.NotFound;
import avatarmonitor.fal.answer.FalAnswer.Output;
import avatarmonitor.fal.answer.FalAnswer.RateLimited;
import avatarmonitor.fal.answer.FalAnswer.Unavailable;
import avatarmonitor.fal.answer.FalAnswer.Unusable;
import avatarmonitor.fal.answer.FalError;
import avatarmonitor.testing.Background;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CachingFalQueueTest {
    private static final Output OUTPUT = new Output(new JsonObject());

    private final SettableClock clock = new SettableClock();
    private final FakeFalQueue fal = new FakeFalQueue();
    private final CachingFalQueue queue = new CachingFalQueue(fal, Duration.ofSeconds(10), clock);

    static Stream<FalAnswer.Status> answersAboutTheRequest() {
        return Stream.of(new InQueue(1), new InProgress(2), new Completed(null), new Cancelled("x"));
    }

    static Stream<FalAnswer> noAnswers() {
        return Stream.of(
                new Held(Instant.EPOCH, "x"),
                new Unavailable(Cause.TIMEOUT, "x"),
                new NotFound("x"),
                new FalAnswer.ApplicationUnknown("x"),
                new RateLimited(Duration.ofSeconds(1)));
    }

    @ParameterizedTest
    @MethodSource("answersAboutTheRequest")
    void answerIsGoodForThreeSeconds(FalAnswer.Status answer) {
        fal.answers(answer);
        assertThat(queue.status(REQUEST)).isEqualTo(answer);
        clock.advance(Duration.ofMillis(2_999));
        assertThat(queue.status(REQUEST)).isEqualTo(answer);
        assertThat(fal.asked).hasValue(1);

        clock.advance(Duration.ofMillis(1));
        queue.status(REQUEST);
        assertThat(fal.asked).hasValue(2);
    }

    @ParameterizedTest
    @MethodSource("noAnswers")
    void troubleIsNeverKept(FalAnswer answer) {
        fal.answers(answer);
        queue.status(REQUEST);
        queue.status(REQUEST);
        queue.result(REQUEST);
        queue.result(REQUEST);

        assertThat(fal.asked).hasValue(4);
    }

    @Test
    void tooLargeStatusOfAnotherThreadIsAskedForAgainWithoutLogs() {
        fal.answers(new Unavailable(Cause.TOO_LARGE, "x"));
        queue.status(REQUEST, true);
        assertThat(fal.asked).hasValue(1);
        queue.status(REQUEST, false);
        assertThat(fal.asked).hasValue(3);
        fal.answers(new Unavailable(Cause.TIMEOUT, "x"));
        queue.status(REQUEST, false);
        assertThat(fal.asked).hasValue(4);
    }

    @Test
    void forgettingOneRequestKeepsTheAnswersAboutOthers() {
        FalRequest other = FalFixture.request("other");
        fal.answers(new InProgress(2));
        queue.status(REQUEST);
        queue.status(other);
        fal.answers(OUTPUT);
        queue.result(REQUEST);
        queue.result(other);
        queue.forget(REQUEST.id());
        queue.result(other);
        queue.status(other);
        assertThat(fal.asked).hasValue(4);
        queue.result(REQUEST);
        assertThat(fal.asked).hasValue(5);
        fal.answers(new InProgress(3));
        assertThat(queue.status(REQUEST)).isEqualTo(new InProgress(3));
    }

    @Test
    void failedRequestIsSentAgain() {
        fal.answer = () -> {
            throw new IllegalStateException("a bug below");
        };
        for (int i = 1; i <= 2; i++) {
            assertThatThrownBy(() -> queue.status(REQUEST)).hasMessage("a bug below");
            assertThat(fal.asked).hasValue(i);
        }
    }

    @Test
    void outputIsKeptUntilItWasStored() {
        fal.answers(OUTPUT);
        queue.result(REQUEST);
        clock.advance(Duration.ofMinutes(9));
        assertThat(queue.result(REQUEST)).isSameAs(OUTPUT);
        assertThat(fal.asked).hasValue(1);

        queue.forget(REQUEST.id());
        queue.result(REQUEST);
        assertThat(fal.asked).hasValue(2);
    }

    @Test
    void outputThatIsNeverStoredIsForgottenAfterTenMinutes() {
        fal.answers(OUTPUT);
        queue.result(REQUEST);
        clock.advance(CachingFalQueue.OUTPUT_KEPT);
        queue.result(REQUEST);

        assertThat(fal.asked).hasValue(2);
    }

    @Test
    void otherResultsAreKeptBriefly() {
        for (FalAnswer.Result result : List.of(
                new Unusable("x", null), new Failed(new FalError(422, "", "", false), null), new InProgress(null))) {
            fal.answers(result);
            int before = fal.asked.get();
            queue.result(REQUEST);
            queue.result(REQUEST);
            assertThat(fal.asked).hasValue(before + 1);
            clock.advance(CachingFalQueue.ANSWER_KEPT);
        }
    }

    @Test
    void requestsAndQuestionsAreKeptApart() {
        fal.answers(new NotFound("x"));
        queue.status(REQUEST);
        queue.result(REQUEST);
        queue.status(FalFixture.request("another"));
        queue.status(new FalRequest("another/app", REQUEST.id()));

        assertThat(fal.asked).hasValue(4);
    }

    @Test
    void cancelIsAlwaysAskedAndDropsTheStatus() {
        fal.answers(new InProgress(1));
        queue.status(REQUEST);
        fal.answers(new AlreadyOver());
        queue.cancel(REQUEST);
        queue.cancel(REQUEST);
        fal.answers(new Completed(null));

        assertThat(queue.status(REQUEST)).isEqualTo(new Completed(null));
        assertThat(fal.asked).hasValue(4);
    }

    @Test
    void clockSetBackMakesAnswersOld() {
        fal.answers(new InProgress(1));
        queue.status(REQUEST);
        clock.advance(Duration.ofHours(-1));
        queue.status(REQUEST);

        assertThat(fal.asked).hasValue(2);
    }

    @Test
    void refusalsAreNeverKept() {
        fal.answers(new AccessRefused(401, "x"));
        queue.status(REQUEST);
        queue.status(REQUEST);
        fal.answers(new FalAnswer.RequestRefused(403, "x", false));
        queue.result(REQUEST);
        queue.result(REQUEST);
        fal.answers(new FalAnswer.Failing(new FalError(503, "", "GPU error", false), null));
        queue.result(REQUEST);
        queue.result(REQUEST);
        assertThat(fal.asked).hasValue(6);
    }

    @Test
    void askedAtTheSameTimeFalIsAskedOnce() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answering = new CountDownLatch(1);
        fal.answer = () -> {
            asked.countDown();
            awaitLatch(answering);
            return new Unavailable(Cause.TIMEOUT, "the same for all");
        };
        List<CompletableFuture<FalAnswer>> threads = new ArrayList<>();
        threads.add(inThread(queue));
        awaitLatch(asked);
        for (int i = 0; i < 7; i++) {
            threads.add(inThread(queue));
        }
        // Other threads arrive while the first request is running; only then it gets its answer.
        await().until(() -> waitingThreads() == 7);
        answering.countDown();

        for (CompletableFuture<FalAnswer> thread : threads) {
            assertThat(thread.get(60, TimeUnit.SECONDS)).isInstanceOf(Unavailable.class);
        }
        assertThat(fal.asked).hasValue(1);
    }

    @Test
    void waitForAnothersAnswerIsBounded() throws Exception {
        CachingFalQueue impatient = new CachingFalQueue(fal, Duration.ofMillis(50), clock);
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answering = new CountDownLatch(1);
        fal.answer = () -> {
            asked.countDown();
            awaitLatch(answering);
            return new InProgress(1);
        };
        CompletableFuture<FalAnswer> first = inThread(impatient);
        awaitLatch(asked);

        assertThat(impatient.status(REQUEST)).isInstanceOf(Held.class);

        answering.countDown();
        assertThat(first.get(60, TimeUnit.SECONDS)).isEqualTo(new InProgress(1));
    }

    @Test
    void answerUnderWayDuringForgetIsNotKept() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answering = new CountDownLatch(1);
        fal.answer = () -> {
            asked.countDown();
            awaitLatch(answering);
            return OUTPUT;
        };
        CompletableFuture<FalAnswer> first = Background.supply(() -> queue.result(REQUEST));
        awaitLatch(asked);
        queue.forget(REQUEST.id());
        answering.countDown();
        assertThat(first.get(60, TimeUnit.SECONDS)).isEqualTo(OUTPUT);

        queue.result(REQUEST);
        assertThat(fal.asked).hasValue(2);
    }

    @Test
    void brokenQuestionReachesItsAskerAndLeavesNothingBehind() {
        fal.answer = () -> {
            throw new IllegalStateException("a bug below");
        };
        assertThatThrownBy(() -> queue.status(REQUEST)).isInstanceOf(IllegalStateException.class);

        fal.answers(new InProgress(1));
        assertThat(queue.status(REQUEST)).isEqualTo(new InProgress(1));
    }

    @Test
    void entriesAreBoundedAndTheEldestGoesFirst() {
        fal.answers(OUTPUT);
        for (int i = 0; i <= AnswerCache.ENTRIES_MAX; i++) {
            queue.result(FalFixture.request("request-" + i));
        }
        int before = fal.asked.get();
        queue.result(FalFixture.request("request-" + AnswerCache.ENTRIES_MAX));
        queue.result(FalFixture.request("request-1"));
        assertThat(fal.asked).hasValue(before);
        queue.result(FalFixture.request("request-0"));
        assertThat(fal.asked).hasValue(before + 1);
    }

    private CompletableFuture<FalAnswer> inThread(FalQueue asking) {
        return Background.supply(() -> asking.status(REQUEST), thread -> thread.setName("asker"));
    }

    private static long waitingThreads() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> thread.getKey().getName().equals("asker"))
                .filter(thread -> Stream.of(thread.getValue())
                        .anyMatch(frame -> frame.getMethodName().equals("await")
                                && frame.getClassName().equals(AnswerCache.class.getName())))
                .count();
    }
}
