package avatarmonitor.fal;

import avatarmonitor.fal.FalAnswer.Held;
import avatarmonitor.fal.FalAnswer.Output;
import avatarmonitor.fal.FalAnswer.Trouble;
import java.time.Duration;
import java.time.InstantSource;

/**
 * Asks fal once when several ask the same within a few seconds: an operator, a webhook and the regular check. An output is kept
 * until it was stored, so that a failed write does not fetch it again; fal itself keeps it for minutes only (fal contract
 * section 5). Only answers that a check acts on are kept; those that it counts are not, so that each that counts is one of fal's.
 */
public final class CachingFalQueue implements FalQueue {
    /** Far below the check interval, so that no regular check sees an old answer. */
    public static final Duration ANSWER_KEPT = Duration.ofSeconds(3);
    /** Bound for outputs that nobody ever stores. */
    public static final Duration OUTPUT_KEPT = Duration.ofMinutes(10);

    private final FalQueue queue;
    private final InstantSource clock;
    private final AnswerCache<FalAnswer.Status> statuses;
    private final AnswerCache<FalAnswer.Result> results;

    /**
     * Starts with nothing known.
     *
     * @param patience how long to wait for the answer to a question that another thread asks already
     */
    public CachingFalQueue(FalQueue queue, Duration patience, InstantSource clock) {
        this.queue = queue;
        this.clock = clock;
        this.statuses = new AnswerCache<>(clock, patience, CachingFalQueue::lifetime);
        this.results = new AnswerCache<>(clock, patience, CachingFalQueue::lifetime);
    }

    private static Duration lifetime(FalAnswer answer) {
        if (answer instanceof Output) {
            return OUTPUT_KEPT;
        }
        return counts(answer) ? Duration.ZERO : ANSWER_KEPT;
    }

    /** Whether a check counts how often it gets this answer in a row: one answer must not count for several. */
    private static boolean counts(FalAnswer answer) {
        return answer instanceof Trouble
                || answer instanceof FalAnswer.AccessRefused
                || answer instanceof FalAnswer.RequestRefused
                || answer instanceof FalAnswer.Failing;
    }

    @Override
    public FalAnswer.Status status(FalRequest request) {
        return status(request, false);
    }

    @Override
    public FalAnswer.Status status(FalRequest request, boolean withLogs) {
        FalAnswer.Status answer = asked(request, withLogs);
        // Somebody else's question, which was under way, may have been one with logs.
        return !withLogs && isTooLarge(answer) ? asked(request, false) : answer;
    }

    private FalAnswer.Status asked(FalRequest request, boolean withLogs) {
        return statuses.ask(request, () -> queue.status(request, withLogs)).orElseGet(this::stillAsked);
    }

    private static boolean isTooLarge(FalAnswer answer) {
        return answer instanceof FalAnswer.Unavailable unavailable && unavailable.cause() == FalAnswer.Cause.TOO_LARGE;
    }

    @Override
    public FalAnswer.Result result(FalRequest request) {
        return results.ask(request, () -> queue.result(request)).orElseGet(this::stillAsked);
    }

    /** Always asks, and makes the next status question ask too. */
    @Override
    public FalAnswer.Cancel cancel(FalRequest request) {
        try {
            return queue.cancel(request);
        } finally {
            statuses.forget(request);
        }
    }

    /** Drops what is known about a request. To be called when its output was stored or is not wanted any more. */
    @Override
    public void forget(FalRequestId id) {
        statuses.forget(id);
        results.forget(id);
    }

    private Held stillAsked() {
        return new Held(clock.instant(), "the same question is under way");
    }
}
