package avatarmonitor.alert;

import avatarmonitor.alert.Alert.News;
import avatarmonitor.event.Event;
import avatarmonitor.event.EventLog.Logged;
import avatarmonitor.event.EventType;
import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Builds the messages; docs/alerts.md describes them. */
final class Messages {
    /** Length limit of a reason from fal; the avatar and the event hold the full text. */
    private static final int REASON_LENGTH_MAX = 500;

    private static final int WORKERS_NAMED_MAX = 10;

    /** Fields of a failure beside the reason. */
    private static final List<String> FAILURE_PARTS = List.of("error_type", "http_code", "retryable", "charged");

    /** Events after which a training is no longer followed although fal has reported no end. */
    private static final Set<String> UNFINISHED = Set.of(EventType.TIMED_OUT.column(), EventType.STALLED.column());

    private static final List<String> UNFINISHED_PARTS = List.of("deadline", "started_at", "max_age_s");

    /** Fields of the training and, after a success, the model columns that were written. */
    private static final List<String> TRAINING_PARTS = List.of("training_type", "model");

    private static final Gson GSON = new Gson();

    private Messages() {}

    /** Builds a message about an alert. {@code text} is the field that Slack and similar programs show. */
    static Message of(Alert alert, News news, Instant now) {
        JsonObject body = new JsonObject();
        body.addProperty("text", text(alert, news));
        body.addProperty("title", title(alert, news));
        body.addProperty("alert", alert.kind().word());
        body.addProperty("news", word(news));
        body.addProperty("severity", alert.kind().urgent() ? "critical" : "warning");
        body.addProperty("at", now.toString());
        body.addProperty("began_at", alert.beganAt().toString());
        body.addProperty("last_at", alert.lastAt().toString());
        body.addProperty("events", alert.events());
        body.add(
                "workers",
                GSON.toJsonTree(
                        alert.workers().stream().limit(WORKERS_NAMED_MAX).toList()));
        body.add("examples", GSON.toJsonTree(alert.examples()));
        return new Message(UUID.randomUUID(), body);
    }

    private static String word(News news) {
        return news.name().toLowerCase(Locale.ROOT);
    }

    private static String title(Alert alert, News news) {
        return "avatar-monitor: " + alert.kind().title()
                + switch (news) {
                    case BEGUN -> "";
                    case REMINDER -> " (still)";
                    case OVER -> " (over)";
                };
    }

    private static String text(Alert alert, News news) {
        StringBuilder text = new StringBuilder(title(alert, news))
                .append('\n')
                .append(alert.events() == 1 ? "1 event" : alert.events() + " events")
                .append(" since ")
                .append(alert.beganAt().truncatedTo(ChronoUnit.SECONDS));
        if (alert.events() > 1) {
            text.append(", the last at ").append(alert.lastAt().truncatedTo(ChronoUnit.SECONDS));
        }
        if (news == News.OVER) {
            return text.toString();
        }
        if (!alert.workers().isEmpty()) {
            text.append("\nlasts on: ")
                    .append(alert.workers().stream().limit(WORKERS_NAMED_MAX).collect(Collectors.joining(", ")));
            if (alert.workers().size() > WORKERS_NAMED_MAX) {
                text.append(" and ")
                        .append(alert.workers().size() - WORKERS_NAMED_MAX)
                        .append(" more");
            }
        }
        alert.examples().forEach(example -> text.append("\n- ").append(example));
        if (alert.events() > alert.examples().size()) {
            text.append("\n- and ")
                    .append(alert.events() - alert.examples().size())
                    .append(" more");
        }
        return text.toString();
    }

    /**
     * Builds the callback message about a training; null when the event concerns no callback.
     *
     * @param unfinished whether trainings that are no longer followed are reported, which stay in TRAINING
     */
    static @Nullable Message callback(Logged event, boolean unfinished) {
        String ending = Event.ending(event.type(), event.detail());
        if (ending != null) {
            return callback(event, ending, FAILURE_PARTS);
        }
        return unfinished && UNFINISHED.contains(event.type()) ? callback(event, event.type(), UNFINISHED_PARTS) : null;
    }

    private static Message callback(Logged event, String type, List<String> parts) {
        JsonObject body = new JsonObject();
        body.addProperty("id", event.id());
        body.addProperty("type", type);
        body.addProperty("at", event.at().toString());
        body.addProperty("avatar_id", String.valueOf(event.avatar()));
        body.addProperty("fal_request_id", event.falRequestId());
        for (String part : TRAINING_PARTS) {
            JsonElement value = event.detail().get(part);
            if (value != null) {
                body.add(part, value);
            }
        }
        if (event.detail().get("reason") instanceof JsonPrimitive reason) {
            body.addProperty("reason", EventSummary.clean(reason.getAsString(), REASON_LENGTH_MAX));
        }
        for (String part : parts) {
            if (event.detail().get(part) instanceof JsonPrimitive value) {
                body.add(
                        part,
                        value.isString()
                                ? new JsonPrimitive(EventSummary.clean(value.getAsString(), REASON_LENGTH_MAX))
                                : value);
            }
        }
        return new Message(UUID.randomUUID(), body);
    }
}
