package avatarmonitor.emulator;

import avatarmonitor.emulator.scenario.LogLine;
import avatarmonitor.emulator.scenario.Phase;
import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/** Builds the body of a status answer (docs/fal-contract.md section 1). */
final class StatusBody {
    /** fal returns the log lines of a sliding window. */
    private static final Duration LOG_WINDOW = Duration.ofMinutes(5);

    private static final DateTimeFormatter MILLISECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private StatusBody() {}

    /** Builds the body without log lines. */
    static JsonObject of(QueuedRequest request, QueuedRequest.View view, String origin) {
        String word = view.over() ? view.outcome().endStatus() : view.phase().name();
        JsonObject body = new JsonObject();
        body.addProperty("status", word);
        body.addProperty("request_id", request.id());
        if (view.phase() == Phase.IN_QUEUE) {
            body.addProperty("queue_position", view.position());
        }
        addUrls(body, request, origin);
        body.add("logs", JsonNull.INSTANCE);
        JsonObject metrics = new JsonObject();
        if (view.over() && !view.ran().isZero()) {
            metrics.addProperty("inference_time", view.ran().toMillis() / 1000.0);
        }
        body.add("metrics", metrics);
        if (view.over() && view.outcome().error() != null) {
            body.addProperty("error", view.outcome().error());
        }
        if (view.over() && view.outcome().errorType() != null) {
            body.addProperty("error_type", view.outcome().errorType());
        }
        return body;
    }

    /** Adds the three URLs of a request: never with a sub path, the result without {@code /response}. */
    static void addUrls(JsonObject body, QueuedRequest request, String origin) {
        String url = origin + "/" + request.endpoint() + "/requests/" + request.id();
        body.addProperty("response_url", url);
        body.addProperty("status_url", url + "/status");
        body.addProperty("cancel_url", url + "/cancel");
    }

    /** Returns log lines later than {@code after} and within the window that ends now. */
    static JsonArray logs(QueuedRequest.View view, Instant after, Instant now) {
        JsonArray lines = new JsonArray();
        if (view.phase() == Phase.IN_QUEUE) {
            return lines;
        }
        Instant ran = view.endedAt() == null ? now : view.endedAt();
        Instant started = ran.minus(view.ran());
        Instant windowStart = now.minus(LOG_WINDOW);
        List<LogLine> all = view.scenario().logs();
        Duration run = view.scenario().course().run();
        for (int index = 0; index < all.size(); index++) {
            Instant at = started.plus(run.multipliedBy(index + 1).dividedBy(all.size()));
            if (at.isAfter(ran)) {
                break;
            }
            if (at.isAfter(after) && at.isAfter(windowStart)) {
                lines.add(line(all.get(index), at));
            }
        }
        return lines;
    }

    private static JsonObject line(LogLine line, Instant at) {
        JsonObject entry = new JsonObject();
        entry.addProperty("message", line.message());
        entry.addProperty("level", line.level());
        entry.addProperty("source", "USER");
        entry.addProperty("timestamp", MILLISECONDS.format(at));
        return entry;
    }
}
