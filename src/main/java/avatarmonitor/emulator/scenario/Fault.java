package avatarmonitor.emulator.scenario;

import avatarmonitor.emulator.http.Effect;
import avatarmonitor.emulator.http.Op;
import avatarmonitor.emulator.http.Refusals;
import avatarmonitor.emulator.http.Reply;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A fault that disturbs calls. Faults of one request take precedence over faults of all requests; otherwise the older
 * one does.
 *
 * @param op affected calls; null for all
 * @param requestId affected request; null for all
 * @param times number of affected calls; 0 for all until the fault is cleared
 * @param effect effect on the calls
 */
public record Fault(@Nullable Op op, @Nullable String requestId, int times, Effect effect) {
    /** Answer of nginx in front of fal; fal's Python client looks for the word. */
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

    /**
     * Creates a fault for every call until cleared; narrow it with {@link #on}, {@link #of} and {@link #times(int)}.
     */
    public static Fault with(Effect effect) {
        return new Fault(null, null, 0, effect);
    }

    /** Answers every call with this. */
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

    /** A rejection in a model's own wording: any code with a text as its {@code detail}. */
    public static Fault rejected(int code, String detail) {
        return answering(Reply.detail(code, detail)).on(Op.RESULT);
    }

    /** The correct answer, compressed. */
    public static Fault gzip() {
        return with(new Effect.Gzip());
    }

    /** The correct answer, with a number that JSON does not allow. */
    public static Fault notANumber() {
        return with(new Effect.NotANumber());
    }

    /** The correct status, with this many bytes of log lines where they are requested. */
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

    /** 200 with a content type of JSON and a body that is not JSON. */
    public static Fault garbage() {
        return answering(Reply.claimingJson(200, "}{ \u0000 not json"));
    }

    /** 202 without a body. */
    public static Fault empty() {
        return answering(Reply.claimingJson(202, ""));
    }

    /** 302 to another location, to which a client must not send its key. */
    public static Fault redirect(String location) {
        return answering(new Reply(302, "text/plain", "", Map.of("Location", location)));
    }

    /** Delays answers by a time between these two. */
    public static Fault delay(Duration least, Duration most) {
        return with(new Effect.Delay(least, most));
    }

    /** Reports a status that fal does not document. */
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

    /** Returns the fault limited to this kind of call. */
    public Fault on(Op only) {
        return new Fault(only, requestId, times, effect);
    }

    /** Returns the fault limited to this request. */
    public Fault of(String onlyRequest) {
        return new Fault(op, onlyRequest, times, effect);
    }

    /** Returns the fault limited to this many calls; 0 for all until cleared. */
    public Fault times(int calls) {
        return new Fault(op, requestId, calls, effect);
    }

    boolean matches(Op called) {
        return op == null || op == called;
    }
}
