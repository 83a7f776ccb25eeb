package avatarmonitor.inspect;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One condition of the whole system, for operators: what it is, since when, and what to do about it.
 *
 * @param count number of affected trainings, workers or triggers, depending on the kind
 * @param text one sentence with its numbers
 * @param since by the database's clock; null when unknown
 * @param remedy one sentence; null when no action is needed
 */
public record Condition(
        Kind kind,
        long count,
        String text,
        @Nullable Instant since,
        @Nullable String remedy) {

    public enum Severity {
        /** Trainings are not checked, or their ends are not written. */
        BAD,
        /** Monitoring continues, but needs attention. */
        WARN,
        OK;

        /** Name in JSON. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Kinds of conditions, the worst first. */
    public enum Kind {
        NO_WORKER(Severity.BAD),
        CLOCK_OFF(Severity.BAD),
        KEY_REFUSED(Severity.BAD),
        ACCOUNT_LOCKED(Severity.BAD),
        ENDPOINT_UNKNOWN(Severity.BAD),
        FAL_DOWN(Severity.BAD),
        ENDS_REFUSED(Severity.BAD),
        UNMONITORED(Severity.BAD),
        SCHEDULE_FAULT(Severity.BAD),
        PAUSED_BY_OPERATOR(Severity.WARN),
        RATE_TOO_LOW(Severity.WARN),
        POLLING_PAUSED(Severity.WARN),
        FAL_UNRELIABLE(Severity.WARN),
        LATE(Severity.WARN),
        FAILING(Severity.WARN),
        WORKER_GONE(Severity.WARN),
        STALLED(Severity.WARN),
        INVALID(Severity.WARN),
        WELL(Severity.OK);

        private final Severity severity;

        Kind(Severity severity) {
            this.severity = severity;
        }

        public Severity severity() {
            return severity;
        }

        /** Name in JSON. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Severity severity() {
        return kind.severity();
    }

    /** Formats the condition as one line for a terminal or a log: sentence, since when, remedy. */
    public String line(Instant now) {
        String began = since == null
                ? ""
                : " Since " + since.truncatedTo(ChronoUnit.SECONDS) + " (" + AgeText.of(since, now) + ").";
        return text + began + (remedy == null ? "" : " " + remedy);
    }

    public Map<String, @Nullable Object> members() {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("kind", kind.word());
        members.put("level", severity().word());
        members.put("count", count);
        members.put("text", text);
        members.put("since", since);
        members.put("remedy", remedy);
        return members;
    }
}
