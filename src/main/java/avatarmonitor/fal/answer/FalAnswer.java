package avatarmonitor.fal.answer;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** All outcomes of a request to fal's queue. A request always yields one of these; it never throws. */
public sealed interface FalAnswer permits FalAnswer.Status, FalAnswer.Result, FalAnswer.Cancel {

    /** Answers to a status request. */
    sealed interface Status extends FalAnswer {}

    /** Answers to a result request. */
    sealed interface Result extends FalAnswer {}

    /** Answers to a cancel request. */
    sealed interface Cancel extends FalAnswer {}

    /** No answer about the request itself; possible for any kind. */
    sealed interface Trouble extends Status, Result, Cancel {}

    /** Waiting for a runner; {@code position} is 0-based and may be missing. */
    record InQueue(@Nullable Integer position) implements Status {}

    /**
     * Running, or (as an answer to a result request) not over yet.
     *
     * @param progress percent derived from the logs, best effort, 0 to 99
     */
    record InProgress(@Nullable Integer progress) implements Status, Result {}

    /**
     * fal reports that the request is over. Success only if {@code error} is null and the result confirms it
     * (docs/fal-contract.md section 3).
     *
     * @param raw the whole answer when it reports an error
     */
    record Completed(@Nullable FalError error, @Nullable JsonElement raw) implements Status {
        public Completed(@Nullable FalError error) {
            this(error, null);
        }
    }

    /** The request was cancelled at fal: {@code client_cancelled} or 499. */
    record Cancelled(String detail) implements Status, Result {}

    /**
     * HTTP 200 with a JSON object: the raw model output, not yet validated.
     *
     * @param body shared between callers, must not be modified
     * @param garbled whether invalid bytes were replaced by U+FFFD: a value that seems missing may have been there
     */
    record Output(JsonObject body, boolean garbled) implements Result {
        public Output(JsonObject body) {
            this(body, false);
        }

        /**
         * Returns the error that the output itself reports, in one line of bounded length; empty when it reports none.
         */
        public String complaint() {
            return ErrorDetail.complaint(body);
        }
    }

    /**
     * HTTP 200 with JSON that is not an object: the request is over and there is no usable model. A body that cannot be
     * parsed is {@link Unavailable} instead: it says nothing about the request.
     */
    record Unusable(String detail, @Nullable JsonElement raw) implements Result {}

    /**
     * The model or the platform failed; {@link ResultError} has the rule.
     *
     * @param raw the whole answer
     */
    record Failed(FalError error, @Nullable JsonElement raw) implements Result {}

    /**
     * A result of 5xx with a {@code detail} and nothing else: the model's own code or a gateway failure
     * (docs/fal-contract.md section 1), so it ends the training only if it persists.
     *
     * @param raw the whole answer
     */
    record Failing(FalError error, @Nullable JsonElement raw) implements Result {}

    /** The cancel request was accepted; the training may still end normally. */
    record CancelRequested() implements Cancel {}

    /** The request was already over. */
    record AlreadyOver() implements Cancel {}

    /**
     * 404 from fal, not an HTML page, or a result of 410 without a detail: fal does not know the request (any more).
     */
    record NotFound(String detail) implements Trouble {}

    /**
     * fal does not have the application: the configured endpoint is wrong. Says nothing about the request, and is no
     * failure of fal.
     */
    record ApplicationUnknown(String detail) implements Trouble {}

    /**
     * A status of 401, 402 or 403, or no key is configured: the key or the account is at fault, not the training. Only
     * the answer to a status request shows that, since fal does not refuse it for other reasons.
     *
     * @param accountLocked whether the account is locked, by fal or for lack of balance, rather than the key
     *     refused
     */
    record AccessRefused(int code, String detail, boolean accountLocked) implements Status {
        public AccessRefused(int code, String detail) {
            this(code, detail, false);
        }
    }

    /**
     * 401, 402 or 403 to a request other than status. Says nothing about other requests.
     *
     * @param accountLocked whether fal reports that the account is locked
     */
    record RequestRefused(int code, String detail, boolean accountLocked) implements Result, Cancel {}

    /** 429. {@code retryAfter} is clamped to 1 s to 15 min. */
    record RateLimited(Duration retryAfter) implements Trouble {}

    /** Timeout, connection failure, 5xx, malformed or oversized body, unknown status: may be temporary. */
    record Unavailable(Cause cause, String detail) implements Trouble {}

    /**
     * No request was sent, or it was cancelled by this worker: polling is paused, a local limit is reached, or the
     * worker is stopping. Says nothing about fal or the request, and is no failure.
     *
     * @param until when a retry makes sense
     */
    record Held(Instant until, String reason) implements Trouble {}

    /**
     * Returns whether fal gave information about the request; also true when no request was needed (null), since
     * nothing failed then.
     */
    static boolean isInformation(@Nullable FalAnswer answer) {
        return !(answer instanceof Held
                || answer instanceof AccessRefused
                || answer instanceof RequestRefused
                || answer instanceof ApplicationUnknown
                || answer instanceof Failing
                || answer instanceof RateLimited
                || answer instanceof Unavailable);
    }

    /** Returns whether the answer was too large to be read, so that a request without log lines may help. */
    static boolean isTooLarge(FalAnswer answer) {
        return answer instanceof Unavailable unavailable && unavailable.cause() == Cause.TOO_LARGE;
    }

    /** Why fal gave no usable answer. */
    enum Cause {
        TIMEOUT,
        CONNECTION,
        SERVER_ERROR,
        MALFORMED,
        TOO_LARGE,
        UNKNOWN_STATUS,
        UNEXPECTED_CODE
    }
}
