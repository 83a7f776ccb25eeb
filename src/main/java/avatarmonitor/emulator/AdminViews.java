package avatarmonitor.emulator;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What the admin API shows. */
final class AdminViews {
    private static final int DEFAULT_SHOWN = 1000;

    private AdminViews() {}

    static JsonArray calls(CallLog log, Map<String, String> query) {
        onlyKnown(query, List.of("request_id", "op", "after", "limit"));
        String id = query.get("request_id");
        Op op = op(query.get("op"));
        int after = number(query, "after", 0);
        Predicate<Call> wanted = call ->
                call.number() > after && (id == null || id.equals(call.requestId())) && (op == null || op == call.op());
        JsonArray list = new JsonArray();
        log.list(wanted).stream().limit(number(query, "limit", DEFAULT_SHOWN)).forEach(call -> list.add(call(call)));
        return list;
    }

    static JsonArray requests(Emulation emulation, Map<String, String> query) {
        onlyKnown(query, List.of("limit"));
        JsonArray list = new JsonArray();
        Instant now = emulation.clock().instant();
        emulation.requests().list().stream()
                .limit(number(query, "limit", DEFAULT_SHOWN))
                .forEach(request -> list.add(request(request, now)));
        return list;
    }

    static JsonObject request(QueuedRequest request, Instant now) {
        QueuedRequest.View view = request.at(now);
        JsonObject body = new JsonObject();
        body.addProperty("request_id", request.id());
        body.addProperty("endpoint", request.endpoint());
        body.addProperty("phase", view.phase().name());
        body.addProperty("queue_position", view.phase() == Phase.IN_QUEUE ? view.position() : null);
        body.addProperty("ends_at", request.end().map(Instant::toString).orElse(null));
        body.addProperty("webhook", request.webhook() != null);
        body.add("scenario", scenario(view.scenario()));
        return body;
    }

    /** The parts of a scenario that tell how long it lasts and how it ends. */
    static JsonObject scenario(Scenario scenario) {
        JsonObject body = new JsonObject();
        body.addProperty("queue_seconds", scenario.course().queue().toMillis() / 1000.0);
        body.addProperty("queue_length", scenario.course().queueLength());
        body.addProperty("run_seconds", scenario.course().run().toMillis() / 1000.0);
        body.addProperty("requeue_seconds", scenario.course().requeue().toMillis() / 1000.0);
        body.addProperty("stall", JsonFields.word(scenario.course().stall()));
        body.addProperty("end_status", scenario.outcome().endStatus());
        body.addProperty("error_type", scenario.outcome().errorType());
        Reply result = scenario.outcome().result();
        body.addProperty("result_code", result == null ? 200 : result.code());
        return body;
    }

    static JsonArray webhooks(List<WebhookAttempt> attempts) {
        JsonArray list = new JsonArray();
        for (WebhookAttempt attempt : attempts) {
            JsonObject entry = new JsonObject();
            entry.addProperty("at", attempt.at().toString());
            entry.addProperty("request_id", attempt.requestId());
            entry.addProperty("attempt", attempt.number());
            entry.addProperty("signature", JsonFields.word(attempt.signature()));
            entry.addProperty("code", attempt.code());
            list.add(entry);
        }
        return list;
    }

    private static JsonObject call(Call call) {
        JsonObject entry = new JsonObject();
        entry.addProperty("number", call.number());
        entry.addProperty("at", call.at().toString());
        entry.addProperty("method", call.method());
        entry.addProperty("path", call.path());
        entry.addProperty("op", JsonFields.word(call.op()));
        entry.addProperty("request_id", call.requestId());
        entry.addProperty("code", call.code());
        return entry;
    }

    private static @Nullable Op op(@Nullable String text) {
        if (text == null) {
            return null;
        }
        for (Op op : Op.values()) {
            if (JsonFields.word(op).equals(text.toLowerCase(Locale.ROOT))) {
                return op;
            }
        }
        throw new BadInputException("op: expected one of " + JsonFields.words(Op.class) + ", got " + text);
    }

    private static int number(Map<String, String> query, String name, int fallback) {
        String text = query.get(name);
        if (text == null) {
            return fallback;
        }
        if (!text.matches("[0-9]{1,9}")) {
            throw new BadInputException(name + ": expected a whole number, got " + text);
        }
        return Integer.parseInt(text);
    }

    private static void onlyKnown(Map<String, String> query, List<String> known) {
        for (String name : query.keySet()) {
            if (!known.contains(name)) {
                throw new BadInputException(name + ": unknown parameter; expected only " + String.join(", ", known));
            }
        }
    }
}
