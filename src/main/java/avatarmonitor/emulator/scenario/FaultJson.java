package avatarmonitor.emulator.scenario;

import avatarmonitor.emulator.http.Effect;
import avatarmonitor.emulator.http.Json;
import avatarmonitor.emulator.http.JsonFields;
import avatarmonitor.emulator.http.Op;
import avatarmonitor.emulator.http.Reply;
import com.google.gson.JsonElement;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a fault from JSON, and writes the active ones. */
public final class FaultJson {
    private static final Duration LONGEST = Duration.ofDays(1);
    private static final int MOST_BYTES = 64 * 1024 * 1024;
    private static final int MOST_TIMES = 1_000_000;

    /** The named faults. */
    enum Kind {
        ANSWER,
        RATE_LIMITED,
        UNAUTHORIZED,
        PAYMENT_REQUIRED,
        FORBIDDEN,
        LOCKED,
        APPLICATION_NOT_FOUND,
        REJECTED,
        GZIP,
        NOT_A_NUMBER,
        HUGE_LOGS,
        NOT_FOUND,
        BAD_GATEWAY,
        UNAVAILABLE,
        GARBAGE,
        EMPTY,
        REDIRECT,
        STATUS_WORD,
        DELAY,
        HANG,
        DROP,
        CUT,
        DRIP,
        HUGE
    }

    private FaultJson() {}

    public static Fault read(@Nullable JsonElement json, String where) {
        JsonFields fields = JsonFields.of(json, where);
        Kind kind = fields.oneOfOrNull("kind", Kind.class);
        if (kind == null) {
            throw fields.wrong("kind", "one of " + JsonFields.words(Kind.class));
        }
        Fault named = of(kind, fields);
        Op op = fields.oneOfOrNull("op", Op.class);
        Fault fault = new Fault(
                op == null ? named.op() : op,
                fields.textOrNull("request_id"),
                fields.whole("times", 0, MOST_TIMES, 0),
                named.effect());
        fields.end();
        return fault;
    }

    /** An active fault as the admin API shows it. */
    private record Shown(
            int number, @Nullable Op op, @Nullable String requestId, int left, String effect) {}

    public static JsonElement write(List<Faults.Active> faults) {
        return Json.tree(faults.stream()
                .map(active -> new Shown(
                        active.number(),
                        active.fault().op(),
                        active.fault().requestId(),
                        active.left(),
                        active.fault().effect().toString()))
                .toList());
    }

    private static Fault of(Kind kind, JsonFields fields) {
        return switch (kind) {
            case ANSWER -> Fault.answering(answer(fields));
            case RATE_LIMITED ->
                Fault.rateLimited(
                        fields.seconds("retry_after_seconds", LONGEST, Duration.ofSeconds(1)),
                        fields.oneOf("retry_after", Effect.RetryAfter.class, Effect.RetryAfter.SECONDS));
            case UNAUTHORIZED -> Fault.unauthorized();
            case PAYMENT_REQUIRED -> Fault.paymentRequired();
            case FORBIDDEN -> Fault.forbidden();
            case LOCKED -> Fault.locked();
            case APPLICATION_NOT_FOUND -> Fault.applicationNotFound(fields.text("endpoint", "owner/app"));
            case REJECTED ->
                Fault.rejected(fields.whole("code", 400, 499, 400), fields.text("detail", "Invalid zip file"));
            case GZIP -> Fault.gzip();
            case NOT_A_NUMBER -> Fault.notANumber();
            case HUGE_LOGS -> Fault.hugeLogs(fields.whole("bytes", 1, MOST_BYTES, 2 * 1024 * 1024));
            case NOT_FOUND -> Fault.notFound();
            case BAD_GATEWAY -> Fault.badGateway();
            case UNAVAILABLE -> Fault.unavailable();
            case GARBAGE -> Fault.garbage();
            case EMPTY -> Fault.empty();
            case REDIRECT -> Fault.redirect(fields.headerText("location", "https://elsewhere.example.com/"));
            case STATUS_WORD -> Fault.statusWord(fields.text("word", "PAUSED"));
            case DELAY -> delay(fields);
            case HANG -> Fault.hang();
            case DROP -> Fault.drop();
            case CUT -> Fault.cut();
            case DRIP ->
                Fault.with(
                        new Effect.Drip(fields.seconds("gap_seconds", Duration.ofSeconds(60), Duration.ofMillis(200))));
            case HUGE -> Fault.with(new Effect.Huge(fields.whole("bytes", 1, MOST_BYTES, 8 * 1024 * 1024)));
        };
    }

    private static Fault delay(JsonFields fields) {
        Duration least = fields.seconds("least_seconds", LONGEST, Duration.ZERO);
        Duration most = fields.seconds("most_seconds", LONGEST, least);
        if (most.compareTo(least) < 0) {
            throw fields.wrong("most_seconds", "at least least_seconds");
        }
        return Fault.delay(least, most);
    }

    private static Reply answer(JsonFields fields) {
        JsonElement body = fields.any("body");
        String text = fields.text("text", "");
        return new Reply(
                fields.whole("code", 200, 599, 500),
                fields.headerText("content_type", "application/json"),
                body == null ? text : body.toString(),
                fields.headers("headers"));
    }
}
