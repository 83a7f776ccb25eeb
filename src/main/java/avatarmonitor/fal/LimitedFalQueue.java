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
 * Limiting decorator: bounds concurrent requests, applies the rate limit {@code fal.requests-per-second}, and pauses
 * all requests when fal refuses the key or the rate (see {@link FalPause}). A request that may not be sent yields
 * {@link Held}: at once while paused, otherwise after at most {@link #WAIT_MAX} per limit.
 */
public final class LimitedFalQueue implements FalQueue, AutoCloseable {
    /** Timeout of the wait for a permit, and again of the wait for the rate limit. */
    public static final Duration WAIT_MAX = Duration.ofSeconds(5);

    private final FalQueue queue;
    private final InstantSource clock;
    private final Semaphore places;
    private final RateLimiter pace;
    private final FalPause pause;
    private final Waiting waiting;
    private final CountDownLatch closed = new CountDownLatch(1);

    /** Waiting, replaceable in tests. */
    interface Waiting {
        /** Returns whether the latch opened before the wait was over. */
        boolean opened(CountDownLatch latch, Duration wait) throws InterruptedException;
    }

    /**
     * Limits the requests to one queue.
     *
     * @param concurrency maximum of concurrent requests
     * @param requestsPerSecond rate limit of this worker; requests are spread evenly, without bursts
     */
    public LimitedFalQueue(
            FalQueue queue, int concurrency, int requestsPerSecond, InstantSource clock, FalPauseListener listener) {
        // Monotonic time for the rate limit: a wall clock that steps must not stop or flood it.
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

    /**
     * Returns reason, start and end of a polling pause; empty when polling is active, never while the key is refused.
     */
    public Optional<Paused> paused() {
        return pause.paused(clock.instant());
    }

    /** Ends an expired pause even when no request is sent. Cheap; call it every few seconds. */
    public void lookAtPause() {
        pause.look(clock.instant());
    }

    /**
     * Sends a request to another server of fal's within the same limits. Its answer neither starts nor ends a pause,
     * since it says nothing about the queue. While polling is paused, also between two probes of a refused key, no
     * request is sent.
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

    /** Wakes waiting requests, which yield {@link Held}. Does not close the underlying queue. */
    @Override
    public void close() {
        closed.countDown();
    }
}
