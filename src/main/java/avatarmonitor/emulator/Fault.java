package avatarmonitor.emulator;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes calls go wrong. Faults of one request come before faults of all; among equals the older comes first.
 *
 * @param op which calls; null for all
 * @param requestId calls for this request only; null for all requests
 * @param times how many calls; 0 for all until the fault is cleared
 * @param effect what happens to them
 */
public record Fault(@Nullable Op op, @Nullable String requestId, int times, Effect effect) {
    /** As nginx in front of fal answers; fal's Python client looks for the word. */
    private static final String BAD_GATEWAY = """
            <html>
            <head><title>502 Bad Gateway</title></head>
            <body>
            <center><h1>502 Bad Gateway</h1></center>
            <hr><center>nginx</center>
            </body>
            </html>
            """;

    public Fault {
        if (times < 0) {
            throw new IllegalArgumentException("times is negative: " + times);
        }
    }

    /** This effect on every call until cleared; narrow it with {@link #on}, {@link #of} and {@link #times(int)}. */
    public static Fault with(Effect effect) {
        return new Fault(null, null, 0, effect);
    }

    /** Every call is answered with this. */
    public static Fault answering(Reply reply) {
        return with(new Effect.Answer(reply));
    }

    /** 429 with Retry-After in this form. */
    public static Fault rateLimited(Duration retryAfter, Effect.RetryAfter form) {
        return with(new Effect.RateLimited(retryAfter, form));
    }

    /** 401, as for a wrong key. */
    public static Fault unauthorized() {
        return answering(Refusals.WRONG_KEY);
    }

    /** 402; reported by third parties for accounts without money. */
    public static Fault paymentRequired() {
        return answering(Reply.detail(402, "Payment required"));
    }

    /** 403, as for something that the key may not use. */
    public static Fault forbidden() {
        return answering(Reply.detail(403, "Access to this application is restricted"));
    }

    /** 403, as for an account without balance. */
    public static Fault locked() {
        return answering(Reply.detail(403, "User is locked. Reason: Exhausted balance"));
    }

    /** 404, as for an endpoint that fal does not have. */
    public static Fault applicationNotFound(String endpoint) {
        return answering(Refusals.unknownApplication(endpoint));
    }

    /** A refusal in a model's own words: any code with a text as its {@code detail}. */
    public static Fault rejected(int code, String detail) {
        return answering(Reply.detail(code, detail)).on(Op.RESULT);
    }

    /** The right answer, compressed. */
    public static Fault gzip() {
        return with(new Effect.Gzip());
    }

    /** The right answer, with a number that JSON does not have. */
    public static Fault notANumber() {
        return with(new Effect.NotANumber());
    }

    /** The right status, with this many bytes of log lines where they are asked for. */
    public static Fault hugeLogs(int bytes) {
        return with(new Effect.HugeLogs(bytes)).on(Op.STATUS);
    }

    /** 404, as for an unknown request. */
    public static Fault notFound() {
        return answering(Refusals.NOT_FOUND);
    }

    /** 502 with the HTML page of a proxy. */
    public static Fault badGateway() {
        return answering(Reply.html(502, BAD_GATEWAY));
    }

    /** 503 with a JSON body. */
    public static Fault unavailable() {
        return answering(Reply.detail(503, "Service Unavailable"));
    }

    /** 200 with bytes that claim to be JSON and are not. */
    public static Fault garbage() {
        return answering(Reply.claimingJson(200, "}{ \u0000 not json"));
    }

    /** 202 without a body. */
    public static Fault empty() {
        return answering(Reply.claimingJson(202, ""));
    }

    /** 302 to another place, where a client must not take its key. */
    public static Fault redirect(String location) {
        return answering(new Reply(302, "text/plain", "", Map.of("Location", location)));
    }

    /** Answers take a time between these two. */
    public static Fault delay(Duration least, Duration most) {
        return with(new Effect.Delay(least, most));
    }

    /** The status is a word that fal does not document. */
    public static Fault statusWord(String word) {
        return with(new Effect.StatusWord(word)).on(Op.STATUS);
    }

    public static Fault hang() {
        return with(new Effect.Hang());
    }

    public static Fault drop() {
        return with(new Effect.Drop());
    }

    public static Fault cut() {
        return with(new Effect.Cut());
    }

    /** The same fault, for these calls only. */
    public Fault on(Op only) {
        return new Fault(only, requestId, times, effect);
    }

    /** The same fault, for this request only. */
    public Fault of(String onlyRequest) {
        return new Fault(op, onlyRequest, times, effect);
    }

    /** The same fault, for so many calls; 0 for all until cleared. */
    public Fault times(int calls) {
        return new Fault(op, requestId, calls, effect);
    }

    boolean matches(Op called) {
        return op == null || op == called;
    }
}
