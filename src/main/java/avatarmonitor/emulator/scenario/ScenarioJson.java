package avatarmonitor.emulator.scenario;

import avatarmonitor.emulator.http.JsonFields;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a scenario from JSON. Every field is optional; a missing one keeps the value of the given basis. */
public final class ScenarioJson {
    private static final int MOST_LINES = 1000;
    private static final int MOST_FAULTS = 100;
    private static final int LONGEST_QUEUE = 1_000_000;
    private static final int MOST_COPIES = 10;
    private static final Duration LONGEST_KEPT = Duration.ofDays(365);

    private ScenarioJson() {}

    public static Scenario read(@Nullable JsonElement json, String where, Scenario basis) {
        JsonFields fields = JsonFields.of(json, where);
        Course course = course(fields, basis.course());
        Scenario scenario = new Scenario(
                course,
                logs(fields, basis.logs()),
                OutcomeJson.read(fields, basis.outcome()),
                fields.seconds("result_kept_seconds", LONGEST_KEPT, basis.resultKept()),
                fields.seconds("status_kept_seconds", LONGEST_KEPT, basis.statusKept()),
                cancelling(fields, basis.cancelling()),
                notifying(fields, basis.notifying()),
                new Listing(
                        fields.seconds(
                                "history_delay_seconds",
                                LONGEST_KEPT,
                                basis.listing().delay()),
                        fields.oneOf(
                                "history", Listing.Kept.class, basis.listing().kept())),
                fields.flag("files_served", basis.filesServed()),
                faults(fields, where, basis.faults()));
        fields.end();
        return scenario;
    }

    private static Course course(JsonFields fields, Course basis) {
        return new Course(
                fields.seconds("queue_seconds", Course.LONGEST, basis.queue()),
                fields.whole("queue_length", 0, LONGEST_QUEUE, basis.queueLength()),
                fields.seconds("run_seconds", Course.LONGEST, basis.run()),
                fields.seconds("requeue_seconds", Course.LONGEST, basis.requeue()),
                fields.oneOf("stall", Course.Stall.class, basis.stall()));
    }

    private static List<LogLine> logs(JsonFields fields, List<LogLine> basis) {
        if (fields.has("steps")) {
            return LogLine.steps(fields.whole("steps", 1, 1_000_000, 1));
        }
        String expected = "a list of at most " + MOST_LINES + " texts or {\"message\":…,\"level\":…}";
        JsonElement value = fields.any("logs");
        if (value == null) {
            return basis;
        }
        if (!(value instanceof JsonArray list) || list.size() > MOST_LINES) {
            throw fields.wrong("logs", expected);
        }
        List<LogLine> lines = new ArrayList<>();
        for (JsonElement line : list) {
            lines.add(line(fields, line, expected));
        }
        return lines;
    }

    private static LogLine line(JsonFields fields, JsonElement line, String expected) {
        if (line.isJsonObject()) {
            JsonFields parts = JsonFields.of(line, "logs");
            LogLine read = new LogLine(parts.requiredText("message"), parts.text("level", "INFO"));
            parts.end();
            return read;
        }
        if (line.isJsonPrimitive() && line.getAsJsonPrimitive().isString()) {
            return new LogLine(line.getAsString(), "INFO");
        }
        throw fields.wrong("logs", expected);
    }

    private static Cancelling cancelling(JsonFields fields, Cancelling basis) {
        return new Cancelling(
                fields.oneOf("cancel_in_queue", Cancelling.Effect.class, basis.inQueue()),
                fields.oneOf("cancel_in_progress", Cancelling.Effect.class, basis.inProgress()),
                fields.oneOf("cancel_answer", Cancelling.Accepted.class, basis.accepted()),
                fields.oneOf("cancel_too_late", Cancelling.TooLate.class, basis.tooLate()));
    }

    private static Notifying notifying(JsonFields fields, Notifying basis) {
        return new Notifying(
                fields.whole("webhook_copies", 0, MOST_COPIES, basis.copies()),
                fields.seconds("webhook_delay_seconds", Course.LONGEST, basis.delay()),
                fields.oneOf("webhook_signature", Notifying.Signature.class, basis.signature()),
                fields.oneOf("webhook_payload", Notifying.Payload.class, basis.payload()));
    }

    private static List<Fault> faults(JsonFields fields, String where, List<Fault> basis) {
        JsonElement value = fields.any("faults");
        if (value == null) {
            return basis;
        }
        if (!(value instanceof JsonArray list) || list.size() > MOST_FAULTS) {
            throw fields.wrong("faults", "a list of at most " + MOST_FAULTS + " faults");
        }
        List<Fault> faults = new ArrayList<>();
        for (JsonElement fault : list) {
            faults.add(FaultJson.read(fault, where + ".faults[" + faults.size() + "]"));
        }
        return faults;
    }
}
