package avatarmonitor.inspect;

import avatarmonitor.store.Database;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Report of how trainings ended over a span of time: counts per hour or day, durations per type, errors by frequency,
 * check delay and requests to fal, and the previous period for comparison. Read from {@code avatar_event} and {@code
 * avatar_monitor_load}, so it covers at most {@code history.retention}; types and durations come from {@code avatars},
 * as long as the row still has the request of the event.
 *
 * @param total counts of the range
 * @param before counts of the same length of time before
 * @param load check delay and requests to fal of all trainings, whichever type or error is asked for
 * @param slots one for each hour or day, the oldest first; also those without any training
 * @param types by name
 * @param errors by frequency, at most {@link #ERRORS_MAX}
 * @param failuresRead number of failures that {@code errors} groups: the newest ones, at most {@link #FAILURES_MAX}
 * @param lastReconcileAt time of the last completed search for unmonitored avatars; null before the first
 * @param nextReconcileAt time of the next one; null while none is scheduled
 */
public record TrainingReport(
        ReportRange range,
        Ends total,
        Ends before,
        LoadCounts load,
        List<Slot> slots,
        List<TypeRow> types,
        List<ErrorRow> errors,
        int failuresRead,
        @Nullable Instant lastReconcileAt,
        @Nullable Instant nextReconcileAt) {

    /** Timeout of each query. */
    public static final Duration TIME_MAX = Duration.ofSeconds(2);

    /** Maximum of different errors. */
    public static final int ERRORS_MAX = 20;

    /** Maximum of failures that are grouped. */
    public static final int FAILURES_MAX = 5_000;

    /**
     * Filter of the counted ends.
     *
     * @param type training type in any letter case; null for all
     * @param worker worker that wrote the end; null for all
     * @param error part of the error in any letter case, ids and long numbers apart: only failures with it are counted,
     *     of the newest {@link #FAILURES_MAX}; null for all ends
     */
    public record Filter(
            @Nullable String type,
            @Nullable String worker,
            @Nullable String error) {
        /** Matches every end. */
        public static final Filter NONE = new Filter(null, null, null);
    }

    /**
     * Counts of ends.
     *
     * @param timedOut trainings whose own deadline passed without an end at fal; the avatars stay in TRAINING
     */
    public record Ends(long completed, long failed, long cancelled, long timedOut) {
        static final Ends NONE = new Ends(0, 0, 0, 0);

        Ends plus(String type, long more) {
            return switch (type) {
                case "completed" -> new Ends(completed + more, failed, cancelled, timedOut);
                case "failed" -> new Ends(completed, failed + more, cancelled, timedOut);
                case "cancelled" -> new Ends(completed, failed, cancelled + more, timedOut);
                case "timed_out" -> new Ends(completed, failed, cancelled, timedOut + more);
                default -> throw new IllegalStateException(type);
            };
        }

        Ends plus(Ends more) {
            return new Ends(
                    completed + more.completed,
                    failed + more.failed,
                    cancelled + more.cancelled,
                    timedOut + more.timedOut);
        }

        /** Returns the counts by name, with the success rate. */
        public Map<String, @Nullable Object> members() {
            Map<String, @Nullable Object> members = new LinkedHashMap<>();
            members.put("completed", completed);
            members.put("failed", failed);
            members.put("cancelled", cancelled);
            members.put("success_rate", successRate());
            members.put("timed_out", timedOut);
            return members;
        }

        /**
         * Returns the share of completed trainings among those that completed or failed, from 0 to 1; null when there
         * is none. Cancelled ones do not count, since a cancel is not a failure, nor those that timed out.
         */
        public @Nullable Double successRate() {
            long judged = completed + failed;
            return judged == 0 ? null : (double) completed / judged;
        }
    }

    /** Ends within one hour or day. */
    public record Slot(Instant from, Ends ends, LoadCounts load) {
        private Map<String, @Nullable Object> members() {
            Map<String, @Nullable Object> members = new LinkedHashMap<>(Map.of("from", from));
            members.putAll(ends.members());
            members.putAll(load.members());
            return members;
        }
    }

    /**
     * Row of one training type.
     *
     * @param type empty for rows that no longer exist or were retrained since
     * @param medianSeconds median duration of completed trainings, from {@code training_started_at} to the event;
     *     null when none completed
     * @param p95Seconds the 95th percentile
     */
    public record TypeRow(
            String type,
            Ends ends,
            @Nullable Long medianSeconds,
            @Nullable Long p95Seconds) {
        private Map<String, @Nullable Object> members() {
            Map<String, @Nullable Object> members = new LinkedHashMap<>(Map.of("training_type", type));
            members.putAll(ends.members());
            members.put("median_seconds", medianSeconds);
            members.put("p95_seconds", p95Seconds);
            return members;
        }
    }

    /** Failures with the same reason. */
    public record ErrorRow(String error, int count, Instant lastAt) {}

    /**
     * Reads a report.
     *
     * @throws avatarmonitor.store.StoreException when the database cannot be read, or a query takes longer than
     *     {@link #TIME_MAX}
     */
    public static TrainingReport read(Database database, ReportRange range, Filter filter) {
        return database.readWhole(connection -> new TrainingReportQuery(connection, range, filter).read());
    }

    /** Returns the JSON of the API and of {@code report --json}. */
    public JsonObject json() {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("period", range.word());
        members.put("from", range.from());
        members.put("until", range.until());
        members.put("total", total.members());
        members.put("before", before.members());
        members.put("load", load.members());
        members.put("slot_seconds", range.slot().toSeconds());
        members.put("slots", slots.stream().map(Slot::members).toList());
        members.put("types", types.stream().map(TypeRow::members).toList());
        members.put("errors", errors);
        members.put("failures_read", failuresRead);
        members.put("last_reconcile_at", lastReconcileAt);
        members.put("next_reconcile_at", nextReconcileAt);
        return Rows.json(members);
    }

    /** Returns the slots as CSV (RFC 4180): a header, then one line per slot. */
    public String csv() {
        StringBuilder text =
                new StringBuilder("from,completed,failed,cancelled," + LoadCounts.COLUMNS + ",timed_out\r\n");
        for (Slot slot : slots) {
            Ends ends = slot.ends();
            List<@Nullable Object> values =
                    new ArrayList<>(List.of(slot.from(), ends.completed(), ends.failed(), ends.cancelled()));
            values.addAll(slot.load().members().values());
            values.add(ends.timedOut());
            text.append(values.stream()
                            .map(value -> Objects.toString(value, ""))
                            .collect(Collectors.joining(",")))
                    .append("\r\n");
        }
        return text.toString();
    }
}
