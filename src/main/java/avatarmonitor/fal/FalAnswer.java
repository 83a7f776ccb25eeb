package avatarmonitor.fal;

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

    /** fal says the request is over. Success only if {@code error} is null and the result says so too (contract section 3). */
    record Completed(@Nullable FalError error) implements Status {}

    /** The request was cancelled at fal: {@code client_cancelled} or 499. */
    record Cancelled(String detail) implements Status, Result {}

    /**
     * HTTP 200 with a JSON object: the raw model output, not yet validated.
     *
     * @param body shared with others who ask for the same result: not to be changed
     */
    record Output(JsonObject body) implements Result {}

    /**
     * HTTP 200 whose body, known to be whole, is not a JSON object: the request is over and there is no usable model. A page
     * for people and a body that may have been cut are {@link Unavailable} instead: fal did not say them.
     */
    record Unusable(String detail) implements Result {}

    /** The model or the platform failed: a model error body, or {@code error_type} told by body or header. */
    record Failed(FalError error) implements Result {}

    /** The request to cancel was taken; the training may still end normally. */
    record CancelRequested() implements Cancel {}

    /** Too late to cancel: the request was over already. */
    record AlreadyOver() implements Cancel {}

    /** 404 from fal, not an HTML page: it does not know the request (any more), or not the application. */
    record NotFound(String detail) implements Trouble {}

    /** 401, 402 or 403, or no key is configured: our configuration or account is at fault, not the training. */
    record AccessRefused(int code, String detail) implements Trouble {}

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
        /** 5xx on a result whose JSON body has a {@code detail}: the model's own code or gateway trouble (contract section 1). */
        RESULT_ERROR,
        MALFORMED,
        TOO_LARGE,
        UNKNOWN_STATUS,
        UNEXPECTED_CODE
    }
}
