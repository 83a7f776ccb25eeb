package avatarmonitor.inspect;

import avatarmonitor.inspect.TrainingReport.Ends;
import avatarmonitor.inspect.TrainingReport.ErrorRow;
import avatarmonitor.inspect.TrainingReport.Filter;
import avatarmonitor.inspect.TrainingReport.Period;
import avatarmonitor.inspect.TrainingReport.Slot;
import avatarmonitor.inspect.TrainingReport.TypeRow;
import avatarmonitor.store.QueryLimit;
import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Queries of a {@link TrainingReport}; each reads the ends of one period once and is cancelled after {@link
 * TrainingReport#TIME_MAX}.
 */
final class TrainingReportQuery {
    private static final int TYPES_MAX = 100;

    /** SQL expression of the application's column, compared in upper case like in the views. */
    private static final String TYPE =
            "translate(CAST(a.training_type AS varchar), 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')";

    private static final String EVENTS = """
            FROM avatar_event e
            LEFT JOIN avatars a ON a.id = e.avatar_id AND a.fal_request_id = e.fal_request_id
            WHERE e.type IN ('completed', 'failed', 'cancelled') AND e.at >= ? AND e.at <= ?
              AND (CAST(? AS varchar) IS NULL OR %s = ?)
              AND (CAST(? AS varchar) IS NULL OR e.worker = ?)
            """.formatted(TYPE);

    private static final String COUNTS = """
            SELECT CAST(floor((EXTRACT(EPOCH FROM e.at) - ?) / ?) AS int) AS slot, e.type, count(*) AS n
            """ + EVENTS + " GROUP BY slot, e.type";

    private static final String BEFORE = "SELECT e.type, count(*) AS n " + EVENTS + " GROUP BY e.type";

    /** SQL expression of the duration; null for an infinite or implausible start. */
    private static final String SECONDS = """
            CASE WHEN CAST(a.training_started_at AS timestamp with time zone) BETWEEN e.at - INTERVAL '100' DAY AND e.at
                 THEN EXTRACT(EPOCH FROM (e.at - CAST(a.training_started_at AS timestamp with time zone))) END""";

    private static final String TYPES =
            """
            SELECT coalesce(training_type, '') AS training_type,
                   sum(CASE WHEN type = 'completed' THEN 1 ELSE 0 END) AS completed,
                   sum(CASE WHEN type = 'failed' THEN 1 ELSE 0 END) AS failed,
                   sum(CASE WHEN type = 'cancelled' THEN 1 ELSE 0 END) AS cancelled,
                   CAST(percentile_cont(0.5) WITHIN GROUP (ORDER BY CASE WHEN type = 'completed' THEN seconds END) AS bigint)
                     AS median_seconds,
                   CAST(percentile_cont(0.95) WITHIN GROUP (ORDER BY CASE WHEN type = 'completed' THEN seconds END) AS bigint)
                     AS p95_seconds
            FROM (SELECT e.type, %s AS training_type, %s AS seconds
            """.formatted(TYPE, SECONDS) + EVENTS + ") ended GROUP BY training_type ORDER BY training_type LIMIT "
                    + TYPES_MAX;

    private static final String FAILURES = "SELECT e.at, e.detail " + EVENTS
            + " AND e.type = 'failed' ORDER BY e.at DESC LIMIT " + TrainingReport.FAILURES_MAX;

    private static final String NEXT_RECONCILE = """
            SELECT min(next_fire_time) AS n FROM qrtz_triggers
            WHERE sched_name = 'avatar-monitor' AND trigger_group = 'maintenance' AND next_fire_time > 0""";

    private final Connection connection;
    private final Period period;
    private final Filter filter;
    private final Instant from;
    private final Instant until;

    /** @param now end of the period */
    TrainingReportQuery(Connection connection, Period period, Filter filter, Instant now) {
        this.connection = connection;
        this.period = period;
        this.filter = filter;
        this.from = period.from(now);
        this.until = now;
    }

    TrainingReport read() throws SQLException {
        List<Slot> slots = slots();
        Ends total = Ends.NONE;
        for (Slot slot : slots) {
            total = total.plus(slot.ends());
        }
        Duration length = period.slot().multipliedBy(period.slots);
        Ends before = Ends.NONE;
        for (Map<String, @Nullable Object> row : query(BEFORE, List.of(), from.minus(length), until.minus(length))) {
            before = before.plus(String.valueOf(row.get("type")), number(row.get("n")));
        }
        List<Map<String, @Nullable Object>> failures = query(FAILURES, List.of(), from, until);
        return new TrainingReport(
                period,
                from,
                until,
                total,
                before,
                slots,
                types(),
                errors(failures),
                failures.size(),
                Overview.lastReconcile(connection),
                nextReconcile());
    }

    private List<Slot> slots() throws SQLException {
        Ends[] counted = new Ends[period.slots];
        Arrays.fill(counted, Ends.NONE);
        List<Object> first = List.of(from.getEpochSecond(), period.slot().toSeconds());
        for (Map<String, @Nullable Object> row : query(COUNTS, first, from, until)) {
            int slot = Math.toIntExact(number(row.get("slot")));
            counted[slot] = counted[slot].plus(String.valueOf(row.get("type")), number(row.get("n")));
        }
        List<Slot> slots = new ArrayList<>();
        for (int i = 0; i < period.slots; i++) {
            slots.add(new Slot(from.plus(period.slot().multipliedBy(i)), counted[i]));
        }
        return slots;
    }

    private List<TypeRow> types() throws SQLException {
        List<TypeRow> types = new ArrayList<>();
        for (Map<String, @Nullable Object> row : query(TYPES, List.of(), from, until)) {
            types.add(new TypeRow(
                    String.valueOf(row.get("training_type")),
                    new Ends(number(row.get("completed")), number(row.get("failed")), number(row.get("cancelled"))),
                    row.get("median_seconds") instanceof Number median ? (Long) median.longValue() : null,
                    row.get("p95_seconds") instanceof Number p95 ? (Long) p95.longValue() : null));
        }
        return types;
    }

    /** Groups failures by the reason in the event, without ids and numbers, so that one cause is one row. */
    private static List<ErrorRow> errors(List<Map<String, @Nullable Object>> failures) {
        Map<String, ErrorRow> grouped = new LinkedHashMap<>();
        for (Map<String, @Nullable Object> failure : failures) {
            if (failure.get("at") instanceof Instant at) {
                grouped.merge(
                        cause(reason(String.valueOf(failure.get("detail")))),
                        new ErrorRow("", 1, at),
                        (known, one) -> new ErrorRow("", known.count() + 1, known.lastAt()));
            }
        }
        return grouped.entrySet().stream()
                .map(entry -> new ErrorRow(
                        entry.getKey(),
                        entry.getValue().count(),
                        entry.getValue().lastAt()))
                .sorted(Comparator.comparing(ErrorRow::count).reversed().thenComparing(ErrorRow::error))
                .limit(TrainingReport.ERRORS_MAX)
                .toList();
    }

    /** Returns the reason without ids and long numbers, which differ between failures of the same cause. */
    static String cause(String reason) {
        return reason.replaceAll("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", "…")
                .replaceAll("\\d{4,}", "…");
    }

    private static String reason(String detail) {
        try {
            JsonElement parsed = JsonParser.parseString(detail);
            JsonElement reason =
                    parsed.isJsonObject() ? parsed.getAsJsonObject().get("reason") : null;
            if (reason != null && reason.isJsonPrimitive()) {
                return reason.getAsString();
            }
        } catch (JsonParseException unreadable) {
            return "no reason";
        }
        return "no reason";
    }

    private List<Map<String, @Nullable Object>> query(String sql, List<Object> first, Instant start, Instant end)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            int place = 1;
            for (Object value : first) {
                select.setObject(place++, value);
            }
            select.setObject(place++, start.atOffset(ZoneOffset.UTC));
            select.setObject(place++, end.atOffset(ZoneOffset.UTC));
            String type = filter.type() == null ? null : filter.type().toUpperCase(Locale.ROOT);
            for (String value : new String[] {type, type, filter.worker(), filter.worker()}) {
                select.setString(place++, value);
            }
            return QueryLimit.within(TrainingReport.TIME_MAX, select, Rows::all);
        }
    }

    private @Nullable Instant nextReconcile() throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(NEXT_RECONCILE)) {
            return Rows.first(select).get("n") instanceof Number millis
                    ? Instant.ofEpochMilli(millis.longValue())
                    : null;
        }
    }

    private static long number(@Nullable Object value) {
        return value instanceof Number number ? number.longValue() : 0;
    }
}
