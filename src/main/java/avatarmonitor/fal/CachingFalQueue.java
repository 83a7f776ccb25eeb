package avatarmonitor.fal;

import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.fal.answer.FalAnswer.Held;
import avatarmonitor.fal.answer.FalAnswer.Output;
import avatarmonitor.fal.answer.FalAnswer.Trouble;
import java.time.Duration;
import java.time.InstantSource;

/**
 * Caching decorator: merges equal requests within a few seconds, of an operator, a webhook and the regular check. An
 * output is cached until it has been stored, so that a failed write does not fetch it again; fal itself keeps it for
 * minutes only. Answers that a check counts are not cached, so that each counted one is a
 * separate answer of fal.
 */
public final class CachingFalQueue implements FalQueue {
    /** Lifetime far below the check interval, so that no regular check sees an old answer. */
    public static final Duration ANSWER_KEPT = Duration.ofSeconds(3);
    /** Maximum lifetime of outputs that are never stored. */
    public static final Duration OUTPUT_KEPT = Duration.ofMinutes(10);

    private final FalQueue queue;
    private final InstantSource clock;
    private final AnswerCache<FalAnswer.Status> statuses;
    private final AnswerCache<FalAnswer.Result> results;

    /**
     * Creates an empty cache.
     *
     * @param timeout timeout of the wait for a request that another thread has sent
     */
    public CachingFalQueue(FalQueue queue, Duration timeout, InstantSource clock) {
        this.queue = queue;
        this.clock = clock;
        this.statuses = new AnswerCache<>(clock, timeout, CachingFalQueue::lifetime);
        this.results = new AnswerCache<>(clock, timeout, CachingFalQueue::lifetime);
    }

    private CachingFalQueue(CachingFalQueue others, FalQueue queue) {
        this.queue = queue;
        this.clock = others.clock;
        this.statuses = others.statuses;
        this.results = others.results;
    }

    /** The same answers, where there is none by asking another queue. */
    CachingFalQueue asking(FalQueue other) {
        return new CachingFalQueue(this, other);
    }

    private static Duration lifetime(FalAnswer answer) {
        if (answer instanceof Output) {
            return OUTPUT_KEPT;
        }
        return counts(answer) ? Duration.ZERO : ANSWER_KEPT;
    }

    /** Returns whether a check counts consecutive answers of this kind: one answer must not count several times. */
    private static boolean counts(FalAnswer answer) {
        return answer instanceof Trouble
                || answer instanceof FalAnswer.AccessRefused
                || answer instanceof FalAnswer.RequestRefused
                || answer instanceof FalAnswer.Failing;
    }

    @Override
    public FalAnswer.Status status(FalRequest request, boolean withLogs) {
        FalAnswer.Status answer = asked(request, withLogs);
        // The shared request of another thread may have been one with logs.
        return !withLogs && FalAnswer.isTooLarge(answer) ? asked(request, false) : answer;
    }

    private FalAnswer.Status asked(FalRequest request, boolean withLogs) {
        return statuses.ask(request, () -> queue.status(request, withLogs)).orElseGet(this::stillAsked);
    }

    @Override
    public FalAnswer.Result result(FalRequest request) {
        return results.ask(request, () -> queue.result(request)).orElseGet(this::stillAsked);
    }

    /** Always sends the request, and invalidates the cached status. */
    @Override
    public FalAnswer.Cancel cancel(FalRequest request) {
        try {
            return queue.cancel(request);
        } finally {
            statuses.forget(request);
        }
    }

    /** Removes cached answers about a request. Call it when its output was stored or is no longer wanted. */
    @Override
    public void forget(FalRequestId id) {
        statuses.forget(id);
        results.forget(id);
    }

    private Held stillAsked() {
        return new Held(clock.instant(), "the same question is under way");
    }
}
