package avatarmonitor.inspect;

import avatarmonitor.inspect.TrainingReport.Ends;
import avatarmonitor.inspect.TrainingReport.Filter;
import avatarmonitor.inspect.TrainingReport.Slot;
import avatarmonitor.inspect.TrainingReport.TypeRow;
import avatarmonitor.store.sql.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Queries of a {@link TrainingReport}; each reads the ends of one period once and is cancelled after {@link
 * TrainingReport#TIME_MAX}.
 */
record TrainingReportQuery(Connection connection, ReportRange range, Filter filter) {
    private static final int TYPES_MAX = 100;
    private static final String FAILED = "failed";

    /** SQL expression of the application's column, compared in upper case like in the views. */
    private static final String TYPE = "translate(" + Dialect.beginning("a.training_type", AvatarNames.LENGTH_MAX)
            + ", 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')";

    private static final String EVENTS = """
            FROM avatar_event e
            LEFT JOIN avatars a ON a.id = e.avatar_id AND a.fal_request_id = e.fal_request_id
            WHERE e.type IN ('completed', 'failed', 'cancelled', 'timed_out') AND e.at >= ? AND e.at < ?
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
                   sum(CASE WHEN type = 'timed_out' THEN 1 ELSE 0 END) AS timed_out,
                   CAST(percentile_cont(0.5) WITHIN GROUP (ORDER BY CASE WHEN type = 'completed' THEN seconds END) AS bigint)
                     AS median_seconds,
                   CAST(percentile_cont(0.95) WITHIN GROUP (ORDER BY CASE WHEN type = 'completed' THEN seconds END) AS bigint)
                     AS p95_seconds
            FROM (SELECT e.type, %s AS training_type, %s AS seconds
            """.formatted(TYPE, SECONDS) + EVENTS + ") ended GROUP BY training_type ORDER BY training_type LIMIT "
                    + TYPES_MAX;

    private static final String FAILURES = "SELECT e.at, e.detail, " + TYPE + " AS training_type " + EVENTS
            + " AND e.type = 'failed' ORDER BY e.at DESC LIMIT " + TrainingReport.FAILURES_MAX;

    private static final String LOAD = """
            SELECT CAST(floor((EXTRACT(EPOCH FROM hour_at) - ?) / ?) AS int) AS slot, sum(fires) AS fires,
                   sum(delay_sum_ms) AS delay_sum_ms, max(delay_max_ms) AS delay_max_ms, sum(late_fires) AS late_fires,
                   sum(requests) AS requests, sum(answered) AS answered
            FROM avatar_monitor_load
            WHERE hour_at >= ? AND hour_at < ? AND (CAST(? AS varchar) IS NULL OR instance = ?)
            GROUP BY slot""";

    private static final String NEXT_RECONCILE = """
            SELECT min(next_fire_time) AS n FROM qrtz_triggers
            WHERE sched_name = 'avatar-monitor' AND trigger_group = 'maintenance' AND next_fire_time > 0""";

    TrainingReport read() throws SQLException {
        List<Failure> read = Failure.all(query(FAILURES, List.of(), range));
        List<Failure> failures = wanted(read);
        Ends[] ends = filter.error() == null ? counts() : counts(failures);
        Ends total = Ends.NONE;
        for (Ends slot : ends) {
            total = total.plus(slot);
        }
        LoadCounts[] loads = loads();
        LoadCounts load = LoadCounts.NONE;
        List<Slot> slots = new ArrayList<>();
        for (int i = 0; i < ends.length; i++) {
            slots.add(new Slot(range.from().plus(range.slot().multipliedBy(i)), ends[i], loads[i]));
            load = load.plus(loads[i]);
        }
        return new TrainingReport(
                range,
                total,
                before(),
                load,
                slots,
                filter.error() == null ? types() : types(failures),
                Failure.byCause(failures),
                read.size(),
                Overview.lastReconcile(connection),
                nextReconcile());
    }

    private Ends before() throws SQLException {
        if (filter.error() != null) {
            return Ends.NONE.plus(
                    FAILED,
                    wanted(Failure.all(query(FAILURES, List.of(), range.before())))
                            .size());
        }
        Ends before = Ends.NONE;
        for (Map<String, @Nullable Object> row : query(BEFORE, List.of(), range.before())) {
            before = before.plus(String.valueOf(row.get("type")), Rows.number(row.get("n")));
        }
        return before;
    }

    private List<Failure> wanted(List<Failure> failures) {
        String error = filter.error();
        return error == null
                ? failures
                : failures.stream().filter(failure -> failure.hasError(error)).toList();
    }

    private Ends[] counts() throws SQLException {
        Ends[] counted = none();
        for (Map<String, @Nullable Object> row : query(
                COUNTS, List.of(range.from().getEpochSecond(), range.slot().toSeconds()), range)) {
            int slot = Math.toIntExact(Rows.number(row.get("slot")));
            counted[slot] = counted[slot].plus(String.valueOf(row.get("type")), Rows.number(row.get("n")));
        }
        return counted;
    }

    private Ends[] counts(List<Failure> failures) {
        Ends[] counted = none();
        for (Failure failure : failures) {
            int slot = (int) Duration.between(range.from(), failure.at()).dividedBy(range.slot());
            counted[slot] = counted[slot].plus(FAILED, 1);
        }
        return counted;
    }

    private Ends[] none() {
        Ends[] none = new Ends[range.slots()];
        Arrays.fill(none, Ends.NONE);
        return none;
    }

    private LoadCounts[] loads() throws SQLException {
        LoadCounts[] loads = new LoadCounts[range.slots()];
        Arrays.fill(loads, LoadCounts.NONE);
        for (Map<String, @Nullable Object> row : Rows.allWithin(
                TrainingReport.TIME_MAX,
                connection,
                LOAD,
                range.from().getEpochSecond(),
                range.slot().toSeconds(),
                range.from(),
                range.end(),
                filter.worker(),
                filter.worker())) {
            loads[Math.toIntExact(Rows.number(row.get("slot")))] = new LoadCounts(
                    Rows.number(row.get("fires")),
                    Rows.number(row.get("delay_sum_ms")),
                    Rows.number(row.get("delay_max_ms")),
                    Rows.number(row.get("late_fires")),
                    Rows.number(row.get("requests")),
                    Rows.number(row.get("answered")));
        }
        return loads;
    }

    private static List<TypeRow> types(List<Failure> failures) {
        Map<String, Ends> counted = new TreeMap<>();
        failures.forEach(failure -> counted.merge(failure.type(), Ends.NONE.plus(FAILED, 1), Ends::plus));
        return counted.entrySet().stream()
                .limit(TYPES_MAX)
                .map(type -> new TypeRow(type.getKey(), type.getValue(), null, null))
                .toList();
    }

    private List<TypeRow> types() throws SQLException {
        List<TypeRow> types = new ArrayList<>();
        for (Map<String, @Nullable Object> row : query(TYPES, List.of(), range)) {
            types.add(new TypeRow(
                    String.valueOf(row.get("training_type")),
                    new Ends(
                            Rows.number(row.get("completed")),
                            Rows.number(row.get("failed")),
                            Rows.number(row.get("cancelled")),
                            Rows.number(row.get("timed_out"))),
                    row.get("median_seconds") instanceof Number median ? (Long) median.longValue() : null,
                    row.get("p95_seconds") instanceof Number p95 ? (Long) p95.longValue() : null));
        }
        return types;
    }

    private List<Map<String, @Nullable Object>> query(String sql, List<Object> first, ReportRange span)
            throws SQLException {
        String type = filter.type() == null ? null : filter.type().toUpperCase(Locale.ROOT);
        List<@Nullable Object> values = new ArrayList<>(first);
        values.addAll(Arrays.asList(span.from(), span.end(), type, type, filter.worker(), filter.worker()));
        return Rows.allWithin(TrainingReport.TIME_MAX, connection, sql, values.toArray());
    }

    private @Nullable Instant nextReconcile() throws SQLException {
        return Rows.first(connection, NEXT_RECONCILE).get("n") instanceof Number millis
                ? Instant.ofEpochMilli(millis.longValue())
                : null;
    }
}
