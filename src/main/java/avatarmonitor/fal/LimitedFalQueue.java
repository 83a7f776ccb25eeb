package avatarmonitor.fal;

import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.fal.answer.FalAnswer.Held;
import avatarmonitor.fal.limit.FalLimits;
import avatarmonitor.fal.limit.FalPause;
import avatarmonitor.fal.limit.FalPauseListener;
import avatarmonitor.fal.limit.PauseExchange;
import avatarmonitor.fal.limit.Paused;
import avatarmonitor.fal.limit.RateLimit.Lane;
import avatarmonitor.fal.limit.RequestTokens;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Limiting decorator: bounds concurrent requests, applies the rate limit {@code fal.requests-per-second}, and pauses
 * all requests when fal refuses the key or the rate (see {@link FalPause}). A request that may not be sent yields
 * {@link Held}: at once while paused, otherwise after at most {@link #WAIT_MAX} per limit. The request of a hint waits
 * longer for the rate limit, see {@link RateTurns}.
 */
public final class LimitedFalQueue implements FalQueue, AutoCloseable {
    /** Timeout of the wait for a permit, and again of the wait for the rate limit. */
    public static final Duration WAIT_MAX = Duration.ofSeconds(5);

    /** Maximum of concurrent requests for operators, besides those of checks. */
    static final int OPERATORS_AT_ONCE = 2;

    /** Maximum of concurrent requests of checks that follow hints. */
    static final int HINTS_AT_ONCE = 8;

    /** Most requests under way besides those of checks: two kinds of calls of operators, and hints. */
    static final int EXTRA_AT_ONCE = 2 * OPERATORS_AT_ONCE + HINTS_AT_ONCE;

    private final FalQueue queue;
    private final InstantSource clock;
    private final Semaphore permits;
    private final RequestTokens tokens;
    private final RateTurns turns;
    private final Predicate<@Nullable String> pausedByOperator;
    private final FalPause pause;
    private final PauseExchange exchange;
    private final Waiting waiting;
    private final CountDownLatch closed;
    private final FirstRequest first;

    /** Waiting, replaceable in tests. */
    interface Waiting {
        /** Returns whether the latch opened before the wait was over. */
        boolean opened(CountDownLatch latch, Duration wait) throws InterruptedException;
    }

    /**
     * Limits the requests to one queue.
     *
     * @param concurrency maximum of concurrent requests
     * @param limits shared by all who use the same key; requests are spread evenly, without bursts
     */
    public LimitedFalQueue(
            FalQueue queue, int concurrency, FalLimits limits, InstantSource clock, FalPauseListener listener) {
        // Monotonic time for the rate limit: a wall clock that steps must not stop or flood it.
        this(
                queue,
                concurrency,
                limits,
                clock,
                listener,
                System::nanoTime,
                (latch, wait) -> latch.await(wait.toNanos(), TimeUnit.NANOSECONDS));
    }

    LimitedFalQueue(
            FalQueue queue,
            int concurrency,
            FalLimits limits,
            InstantSource clock,
            FalPauseListener listener,
            LongSupplier nanoTime,
            Waiting waiting) {
        this.queue = queue;
        this.clock = clock;
        this.permits = new Semaphore(concurrency, true);
        this.tokens = new RequestTokens(limits.rate(), nanoTime);
        this.pausedByOperator = limits.pausedByOperator();
        this.pause = new FalPause(listener);
        this.exchange = new PauseExchange(pause, limits.pause());
        this.waiting = waiting;
        this.closed = new CountDownLatch(1);
        this.turns = new RateTurns(tokens, Lane.CHECK, 0, waiting, closed, clock);
        this.first = new FirstRequest();
    }

    private LimitedFalQueue(LimitedFalQueue others, int concurrency, boolean unlessPaused, int retries) {
        this.queue = others.queue;
        this.clock = others.clock;
        this.permits = new Semaphore(concurrency, true);
        this.tokens = others.tokens;
        this.turns = new RateTurns(others.tokens, Lane.OPERATOR, retries, others.waiting, others.closed, others.clock);
        this.pausedByOperator = unlessPaused ? others.pausedByOperator : type -> false;
        this.pause = others.pause;
        this.exchange = others.exchange;
        this.waiting = others.waiting;
        this.closed = others.closed;
        this.first = others.first;
    }

    /**
     * The same queue and limits for operators' calls, with permits and a part of the rate limit of their own.
     *
     * @param unlessPaused whether pauses by operators hold for these calls
     */
    LimitedFalQueue forOperator(boolean unlessPaused) {
        return new LimitedFalQueue(this, OPERATORS_AT_ONCE, unlessPaused, 0);
    }

    /**
     * The same for checks that follow a hint, with permits of their own: an operator who checks many avatars must not
     * delay the end of a training. Pauses by operators hold for them. They wait longer for the rate limit: the part of
     * operators is small, and many trainings may end together.
     */
    LimitedFalQueue forHints() {
        return new LimitedFalQueue(this, HINTS_AT_ONCE, true, RateTurns.HINT_RETRIES);
    }

    @Override
    public FalAnswer.Status status(FalRequest request, boolean withLogs) {
        return ask(() -> isPaused(request), () -> queue.status(request, withLogs), held -> held);
    }

    @Override
    public FalAnswer.Result result(FalRequest request) {
        return ask(() -> isPaused(request), () -> queue.result(request), held -> held);
    }

    @Override
    public FalAnswer.Cancel cancel(FalRequest request) {
        // An operator who paused polling may still cancel.
        return ask(() -> false, () -> queue.cancel(request), held -> held);
    }

    private boolean isPaused(FalRequest request) {
        return pausedByOperator.test(request.trainingType());
    }

    /**
     * Returns reason, start and end of a polling pause; empty when polling is active, never while the key is refused.
     */
    public Optional<Paused> paused() {
        return pause.paused(clock.instant());
    }

    /** Ends an expired pause even when no request is sent. Cheap; call it every few seconds. */
    public void expirePause() {
        pause.expire(clock.instant());
    }

    /**
     * Shares this process's pause with all that use the same key, and takes over theirs. Call it about once a second.
     *
     * @throws RuntimeException when the shared row is unavailable
     */
    public void exchangePause() {
        exchange.exchange(clock.instant());
    }

    /**
     * Sends a request to another server of fal's within the same limits. Its answer neither starts nor ends a pause,
     * since it says nothing about the queue. While polling is paused, also between two probes of a refused key, no
     * request is sent.
     */
    <A> A sendToOtherHost(Supplier<A> request, Function<Held, A> held) {
        Paused pausing = pause.paused(clock.instant()).orElse(null);
        return pausing == null
                ? inTurn(() -> pausedByOperator.test(null), held, now -> request.get())
                : held.apply(new Held(pausing.until(), pausing.reason()));
    }

    private <A extends FalAnswer> A ask(BooleanSupplier pausedByOperator, Supplier<A> request, Function<Held, A> held) {
        return inTurn(pausedByOperator, held, now -> {
            Optional<FalPause.Permit> permit = exchange.enter(now);
            return permit.isEmpty()
                    ? held.apply(pause.held(now).orElse(new Held(now, "polling was paused")))
                    : askNow(request, permit.get());
        });
    }

    private <A> A inTurn(BooleanSupplier pausedByOperator, Function<Held, A> held, Function<Instant, A> request) {
        try {
            exchange.begin(clock.instant());
            Optional<Held> before = pause.held(clock.instant());
            if (before.isPresent()) {
                return held.apply(before.get());
            }
            if (!permits.tryAcquire(WAIT_MAX.toNanos(), TimeUnit.NANOSECONDS)) {
                return held.apply(new Held(clock.instant().plus(WAIT_MAX), "too many concurrent requests to fal"));
            }
            try {
                return askWithPermit(pausedByOperator, request, held);
            } finally {
                permits.release();
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return held.apply(new Held(clock.instant(), "the worker is stopping"));
        }
    }

    private <A> A askWithPermit(BooleanSupplier pausedByOperator, Function<Instant, A> request, Function<Held, A> held)
            throws InterruptedException {
        boolean isFirst = first.await();
        Optional<Held> notNow = heldInTurn(pausedByOperator);
        if (notNow.isPresent()) {
            if (isFirst) {
                first.notSent();
            }
            return held.apply(notNow.get());
        }
        try {
            return request.apply(clock.instant());
        } finally {
            first.answered();
        }
    }

    /** Waits for a turn; returns why there is none, or why it may not be used. */
    private Optional<Held> heldInTurn(BooleanSupplier pausedByOperator) throws InterruptedException {
        Optional<Held> noTurn = turns.await();
        if (noTurn.isPresent()) {
            return noTurn;
        }
        // A pause may have begun during the wait.
        Instant now = clock.instant();
        return pausedByOperator.getAsBoolean()
                ? Optional.of(new Held(now, "polling is paused by an operator"))
                : pause.held(now);
    }

    private <A extends FalAnswer> A askNow(Supplier<A> request, FalPause.Permit permit) {
        A answer;
        try {
            answer = request.get();
        } catch (RuntimeException | Error broken) {
            pause.dropped(permit);
            throw broken;
        }
        exchange.answered(permit, answer, clock.instant());
        return answer;
    }

    /** Wakes waiting requests, which yield {@link Held}. Does not close the underlying queue. */
    @Override
    public void close() {
        closed.countDown();
        first.answered();
    }
}
