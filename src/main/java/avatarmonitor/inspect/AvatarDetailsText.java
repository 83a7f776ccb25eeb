package avatarmonitor.inspect;

import avatarmonitor.event.EventLog.Logged;
import com.google.gson.JsonPrimitive;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Formats a {@link AvatarDetails} as lines for display, without missing parts. */
public final class AvatarDetailsText {
    private final AvatarDetails details;
    private final Instant now;
    private final Map<String, String> lines = new LinkedHashMap<>();

    public AvatarDetailsText(AvatarDetails details, Instant now) {
        this.details = details;
        this.now = now;
    }

    /** Texts by name of the line, in order. */
    public Map<String, String> lines() {
        avatar(details.avatar());
        trigger();
        monitoring(details.monitoring());
        return lines;
    }

    private void avatar(Map<String, @Nullable Object> row) {
        line("avatar", row.get("id"));
        line("name", row.get("name"));
        Object progress = row.get("training_progress");
        line("status", joined(row.get("status"), row.get("training_type"), progress == null ? null : progress + " %"));
        line("started", time(row.get("training_started_at")));
        line("completed", time(row.get("training_completed_at")));
        line("request", row.get("fal_request_id"));
        line("error", row.get("training_error"));
        line("failure", failure());
        line("finetune", row.get("finetune_id"));
        line("lora", row.get("diffusers_lora_file_url"));
        line("config", row.get("config_file_url"));
    }

    /** Returns fal's details about the failure of the current training, beside the reason. */
    private @Nullable String failure() {
        Logged end = null;
        for (Logged event : details.events()) {
            boolean present =
                    Objects.equals(event.falRequestId(), details.avatar().get("fal_request_id"));
            end = present && event.type().equals("failed") ? event : end;
        }
        if (end == null) {
            return null;
        }
        return joined(
                part(end, "error_type"),
                prefixed("HTTP ", part(end, "http_code")),
                prefixed("retryable: ", part(end, "retryable")),
                prefixed("charged: ", part(end, "charged")));
    }

    private static @Nullable String part(Logged event, String name) {
        return event.detail().get(name) instanceof JsonPrimitive value ? value.getAsString() : null;
    }

    private void trigger() {
        Map<String, @Nullable Object> row = details.trigger();
        Object why = details.unwatched().get("why");
        if (why != null) {
            line("trigger", "none: " + why);
        } else if (row.isEmpty()) {
            line("trigger", "none, it is not to be monitored");
        } else {
            line("trigger", joined(row.get("state"), prefixed("next check ", due(row.get("next_check_at")))));
        }
    }

    private void monitoring(Map<String, @Nullable Object> row) {
        if (row.isEmpty()) {
            line("monitoring", "never monitored");
            return;
        }
        String ended = row.get("outcome") == null
                ? window(row.get("window_ends_at"))
                : String.valueOf(row.get("outcome")).replace('_', ' ')
                        + (row.get("ended_at") == null ? "" : " " + age(row.get("ended_at")));
        line(
                "monitoring",
                joined("round " + row.get("rounds"), prefixed("since ", age(row.get("watched_since"))), ended));
        line(
                "settings",
                joined(
                        seconds("window ", row.get("window_seconds")),
                        seconds("interval ", row.get("interval_seconds")),
                        row.get("deadline") == null ? null : "deadline " + row.get("deadline"),
                        row.get("priority") == null ? null : "priority " + row.get("priority")));
        String by = row.get("last_worker") == null ? null : "by " + row.get("last_worker");
        line("checks", joined(row.get("checks"), prefixed("last ", age(row.get("last_checked_at"))), by));
        Object position = row.get("queue_position");
        line("at fal", joined(row.get("last_fal_status"), position == null ? null : position + " before it"));
        Object failures = row.get("failures_in_row");
        boolean failing = failures instanceof Number number && number.intValue() > 0;
        line("trouble", joined(failing ? failures + " failures in a row" : null, row.get("last_error")));
    }

    private static @Nullable String seconds(String name, @Nullable Object value) {
        return value == null ? null : name + value + " s";
    }

    private void line(String name, @Nullable Object value) {
        if (value != null && !value.toString().isEmpty()) {
            lines.put(name, value.toString());
        }
    }

    private @Nullable String time(@Nullable Object value) {
        return value instanceof Instant then
                ? AgeText.of(then, now) + " (" + then.truncatedTo(ChronoUnit.SECONDS) + ")"
                : null;
    }

    private @Nullable String age(@Nullable Object value) {
        return value instanceof Instant then ? AgeText.of(then, now) : null;
    }

    private @Nullable String due(@Nullable Object value) {
        return value instanceof Instant then ? AgeText.due(then, now) : null;
    }

    private @Nullable String window(@Nullable Object value) {
        return value instanceof Instant then
                ? (then.isAfter(now) ? "window ends " : "window ended ") + AgeText.of(then, now)
                : null;
    }

    private static @Nullable String prefixed(String prefix, @Nullable String text) {
        return text == null ? null : prefix + text;
    }

    private static String joined(@Nullable Object... parts) {
        StringBuilder text = new StringBuilder();
        for (Object part : parts) {
            if (part != null) {
                text.append(text.isEmpty() ? "" : ", ").append(part);
            }
        }
        return text.toString();
    }
}
