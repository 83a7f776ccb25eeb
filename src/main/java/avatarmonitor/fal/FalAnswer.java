package avatarmonitor.fal;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Everything that asking fal's queue can come to. A question always gets one of these; it never throws. */
public sealed interface FalAnswer permits FalAnswer.Status, FalAnswer.Result, FalAnswer.Cancel {

    /** Answers to "how far is this request?". */
    sealed interface Status extends FalAnswer {}

    /** Answers to "what came out of this request?". */
    sealed interface Result extends FalAnswer {}

    /** Answers to "stop this request". */
    sealed interface Cancel extends FalAnswer {}

    /** No answer about the request itself; may come to any question. */
    sealed interface Trouble extends Status, Result, Cancel {}

    /** Waiting for a runner; {@code position} is 0-based and may be missing. */
    record InQueue(@Nullable Integer position) implements Status {}

    /**
     * Running, or (as an answer to a result question) not over yet.
     *
     * @param progress percent read from the logs, best effort, 0 to 99
     */
    record InProgress(@Nullable Integer progress) implements Status, Result {}

    /**
     * fal says the request is over. Success only if {@code error} is null and the result says so too (docs/fal-contract.md section 3).
     *
     * @param raw the whole answer when it tells an error
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
     * @param body shared with others who ask for the same result: not to be changed
     * @param garbled whether bytes of it were no text and were replaced by U+FFFD: what is missing in it may have been there
     */
    record Output(JsonObject body, boolean garbled) implements Result {
        public Output(JsonObject body) {
            this(body, false);
        }

        /** What the output itself says went wrong, in one bounded line; empty when it says nothing. */
        public String complaint() {
            return ErrorDetail.complaint(body);
        }
    }

    /**
     * HTTP 200 whose body is JSON but not an object: the request is over and there is no usable model. A body that cannot be read is
     * {@link Unavailable} instead: it says nothing about the request.
     */
    record Unusable(String detail, @Nullable JsonElement raw) implements Result {
        public Unusable(String detail) {
            this(detail, null);
        }
    }

    /**
     * The model or the platform failed, see {@link ResultError} for what tells it.
     *
     * @param raw the whole answer
     */
    record Failed(FalError error, @Nullable JsonElement raw) implements Result {
        public Failed(FalError error) {
            this(error, null);
        }
    }

    /**
     * A result of 5xx with a {@code detail} and nothing else: the model's own code or gateway trouble (docs/fal-contract.md section 1), so an end of
     * the training only if it lasts.
     *
     * @param raw the whole answer
     */
    record Failing(FalError error, @Nullable JsonElement raw) implements Result {
        public Failing(FalError error) {
            this(error, null);
        }
    }

    /** The request to cancel was taken; the training may still end normally. */
    record CancelRequested() implements Cancel {}

    /** Too late to cancel: the request was over already. */
    record AlreadyOver() implements Cancel {}

    /** 404 from fal, not an HTML page, or a result of 410 without a detail: it does not know the request (any more). */
    record NotFound(String detail) implements Trouble {}

    /**
     * fal does not have the application that was asked: the configured endpoint is wrong. Says nothing about the request, and is no
     * failure of fal.
     */
    record ApplicationUnknown(String detail) implements Trouble {}

    /**
     * A status of 401, 402 or 403, or no key is configured: our key or account is at fault, not the training. Only a status says so: a
     * status is refused to nobody whose key and account are in order.
     *
     * @param accountLocked whether the account is locked, by fal or for lack of balance, rather than the key refused
     */
    record AccessRefused(int code, String detail, boolean accountLocked) implements Status {
        public AccessRefused(int code, String detail) {
            this(code, detail, false);
        }
    }

    /**
     * 401, 402 or 403 to a question about one request that is not its status. Says nothing about other requests.
     *
     * @param accountLocked whether fal says that the account is locked
     */
    record RequestRefused(int code, String detail, boolean accountLocked) implements Result, Cancel {}

    /** 429. {@code retryAfter} is clamped to 1 s to 15 min. */
    record RateLimited(Duration retryAfter) implements Trouble {}

    /** Time-out, connection trouble, 5xx, malformed or oversized body, unknown status: may pass by itself. */
    record Unavailable(Cause cause, String detail) implements Trouble {}

    /**
     * Not asked, or given up by us: polling is paused, our own limits are full, or the worker is stopping. Says nothing about
     * fal or the request, and is no failure.
     *
     * @param until when asking again makes sense
     */
    record Held(Instant until, String reason) implements Trouble {}

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
