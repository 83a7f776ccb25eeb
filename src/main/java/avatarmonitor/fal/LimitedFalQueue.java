package avatarmonitor.fal;

import avatarmonitor.fal.FalAnswer.Held;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.internal.AtomicRateLimiter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Keeps this worker from hammering fal: bounded questions at once, an even pace of {@code fal.requests-per-second}, and a pause
 * of all questions when fal refuses the key or the pace (see {@link FalPause}). What may not be asked now comes to {@link Held}:
 * at once while paused, after at most {@link #WAIT_MAX} per limit otherwise.
 */
public final class LimitedFalQueue implements FalQueue, AutoCloseable {
    /** How long a question waits for a free place, and again for its turn in the pace, before it is held. */
    public static final Duration WAIT_MAX = Duration.ofSeconds(5);

    private final FalQueue queue;
    private final InstantSource clock;
    private final Semaphore places;
    private final RateLimiter pace;
    private final FalPause pause;
    private final Waiting waiting;
    private final CountDownLatch closed = new CountDownLatch(1);

    /** Waits that a test can watch instead of living through them. */
    interface Waiting {
        /** Whether the latch opened before the wait was over. */
        boolean opened(CountDownLatch latch, Duration wait) throws InterruptedException;
    }

    /**
     * Limits the questions to one queue.
     *
     * @param concurrency how many questions may be under way at once
     * @param requestsPerSecond of this worker; the questions are spread evenly, without bursts
     */
    public LimitedFalQueue(
            FalQueue queue, int concurrency, int requestsPerSecond, InstantSource clock, FalPauseListener listener) {
        // Monotonic time for the pace: a wall clock that steps must not stop or flood it.
        this(
                queue,
                concurrency,
                requestsPerSecond,
                clock,
                listener,
                System::nanoTime,
                (latch, wait) -> latch.await(wait.toNanos(), TimeUnit.NANOSECONDS));
    }

    LimitedFalQueue(
            FalQueue queue,
            int concurrency,
            int requestsPerSecond,
            InstantSource clock,
            FalPauseListener listener,
            LongSupplier nanoTime,
            Waiting waiting) {
        this.queue = queue;
        this.clock = clock;
        this.places = new Semaphore(concurrency, true);
        this.pace = new AtomicRateLimiter(
                "fal",
                RateLimiterConfig.custom()
                        .limitForPeriod(1)
                        .limitRefreshPeriod(Duration.ofSeconds(1).dividedBy(requestsPerSecond))
                        .timeoutDuration(WAIT_MAX)
                        .build(),
                nanoTime::getAsLong);
        this.pause = new FalPause(listener);
        this.waiting = waiting;
    }

    @Override
    public FalAnswer.Status status(FalRequest request) {
        return status(request, false);
    }

    @Override
    public FalAnswer.Status status(FalRequest request, boolean withLogs) {
        return ask(() -> queue.status(request, withLogs), held -> held);
    }

    @Override
    public FalAnswer.Result result(FalRequest request) {
        return ask(() -> queue.result(request), held -> held);
    }

    @Override
    public FalAnswer.Cancel cancel(FalRequest request) {
        return ask(() -> queue.cancel(request), held -> held);
    }

    /** Why this worker asks nothing, until when, and since when; empty when it asks, and never while its key is refused. */
    public Optional<Paused> paused() {
        return pause.paused(clock.instant());
    }

    /** Has a pause that is over by time told although nothing is asked. Cheap; for a round of every few seconds. */
    public void lookAtPause() {
        pause.look(clock.instant());
    }

    /**
     * Asks another server of fal's within the same limits. Its answer says nothing about the queue, so that it neither begins nor ends a pause; while
     * polling pauses it is not asked, nor between the probes of a key that the queue refuses.
     */
    <A> A beside(Supplier<A> question, Function<Held, A> held) {
        Paused pausing = pause.paused(clock.instant()).orElse(null);
        return pausing == null
                ? inTurn(held, now -> question.get())
                : held.apply(new Held(pausing.until(), pausing.reason()));
    }

    private <A extends FalAnswer> A ask(Supplier<A> question, Function<Held, A> held) {
        return inTurn(held, now -> {
            Optional<FalPause.Pass> pass = pause.enter(now);
            return pass.isEmpty()
                    ? held.apply(pause.held(now).orElse(new Held(now, "polling was paused")))
                    : askNow(question, pass.get());
        });
    }

    private <A> A inTurn(Function<Held, A> held, Function<Instant, A> question) {
        try {
            Optional<Held> before = pause.held(clock.instant());
            if (before.isPresent()) {
                return held.apply(before.get());
            }
            if (!places.tryAcquire(WAIT_MAX.toNanos(), TimeUnit.NANOSECONDS)) {
                return held.apply(new Held(clock.instant().plus(WAIT_MAX), "too many questions to fal at once"));
            }
            try {
                return askInPlace(question, held);
            } finally {
                places.release();
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return held.apply(new Held(clock.instant(), "the worker is stopping"));
        }
    }

    private <A> A askInPlace(Function<Instant, A> question, Function<Held, A> held) throws InterruptedException {
        long turn = pace.reservePermission();
        if (turn < 0) {
            return held.apply(new Held(clock.instant().plus(WAIT_MAX), "fal.requests-per-second is used up"));
        }
        if (waiting.opened(closed, Duration.ofNanos(turn))) {
            return held.apply(new Held(clock.instant(), "the worker is stopping"));
        }
        // A pause may have begun during the wait.
        Instant now = clock.instant();
        Optional<Held> paused = pause.held(now);
        return paused.isPresent() ? held.apply(paused.get()) : question.apply(now);
    }

    private <A extends FalAnswer> A askNow(Supplier<A> question, FalPause.Pass pass) {
        A answer;
        try {
            answer = question.get();
        } catch (RuntimeException | Error broken) {
            pause.dropped(pass);
            throw broken;
        }
        pause.answered(pass, answer, clock.instant());
        return answer;
    }

    /** Wakes whoever waits for a turn; it comes to {@link Held}. The queue below is closed by whoever opened it. */
    @Override
    public void close() {
        closed.countDown();
    }
}
