package avatarmonitor.inspect;

import avatarmonitor.check.decision.RequestDemand;
import avatarmonitor.store.Database;
import avatarmonitor.store.sql.Dialect;
import avatarmonitor.store.sql.Jdbc;
import avatarmonitor.store.sql.SqlFile;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts of the whole system. Reading takes about a second of the database's time at 100,000 avatars; callers that read
 * it repeatedly should cache it.
 *
 * @param counts by name: {@code training}; every {@link AvatarList} but {@code ended}, where {@code unwatched} is
 *     the sum of {@code unmonitored} and {@code invalid}; {@code ends_refused}; and ends of the last 24 hours as {@code
 *     completed_today}, {@code failed_today}, {@code cancelled_today}
 * @param lateMostSeconds largest delay of a training, see {@code v_watched.seconds_late}; 0 when none is late
 * @param since when the first of those counted as {@code failing}, {@code unmonitored}, {@code invalid}, {@code
 *     stalled} or {@code ends_refused} entered that state, by the same names; without entries for unknown times
 * @param workers rows of {@code v_workers}
 * @param lasting states reported by events that no later event has ended
 * @param overridden monitored trainings whose interval or priority is their own
 * @param lastReconcileAt when a search for unmonitored avatars last completed; null before the first
 */
public record Overview(
        Map<String, Long> counts,
        long lateMostSeconds,
        Map<String, Instant> since,
        List<Map<String, @Nullable Object>> workers,
        @Nullable Instant lastReconcileAt,
        LastingEvents lasting,
        List<RequestDemand.Group> overridden) {

    /**
     * Query with the same counts as the views {@code v_watched}, {@code v_unwatched}, {@code v_stalled} and {@code
     * v_stuck_triggers}, with the rule of {@code v_watched} for a missing answer. Most triggers have no problem, so the
     * query finds those with one first and derives nothing for the others.
     */
    private static final String TRAININGS_AND_TRIGGERS = """
            WITH amiss AS (
              SELECT trigger_group, trigger_name, problem, paused, avatar_id
              FROM avatar_monitor_trigger_health
              WHERE problem IS NOT NULL OR paused OR (trigger_group = 'avatar' AND avatar_id IS NULL)
            ), live AS (
              SELECT t.trigger_name, t.next_fire_time
              FROM qrtz_triggers t
              WHERE t.sched_name = 'avatar-monitor' AND t.trigger_group = 'avatar'
                AND NOT EXISTS (SELECT 1 FROM amiss
                                WHERE amiss.trigger_group = 'avatar' AND amiss.trigger_name = t.trigger_name
                                  AND (amiss.problem IS NOT NULL OR amiss.avatar_id IS NULL))
            ), moment AS (
              SELECT CAST(floor(EXTRACT(EPOCH FROM current_timestamp) * 1000) AS bigint) AS millis
            ), monitored AS (
              SELECT live.next_fire_time,
                     m.failures_in_row,
                     coalesce(m.doubted_since, m.last_answered_at, m.watched_since) AS well_until,
                     millis,
                     %3$s AS unanswered
              FROM live
              CROSS JOIN moment
              LEFT JOIN avatar_monitoring m ON %2$s
              LEFT JOIN qrtz_simple_triggers s
                     ON s.sched_name = 'avatar-monitor' AND s.trigger_group = 'avatar' AND s.trigger_name = live.trigger_name
            )
            SELECT *
            FROM (SELECT count(*) AS watched,
                         count(*) FILTER (WHERE next_fire_time BETWEEN 1 AND millis - %1$d * 1000 OR unanswered >= %1$d) AS late,
                         greatest(coalesce(max((millis - next_fire_time) / 1000)
                                             FILTER (WHERE next_fire_time BETWEEN 1 AND millis), 0),
                                  coalesce(max(CAST(floor(unanswered) AS bigint)) FILTER (WHERE unanswered > 0), 0)) AS late_most,
                         count(*) FILTER (WHERE failures_in_row > 0) AS failing,
                         min(well_until) FILTER (WHERE failures_in_row > 0) AS failing_since
                  FROM monitored) due,
                 (SELECT count(*) AS training,
                         count(*) FILTER (WHERE live.trigger_name IS NULL AND a.invalid IS NULL
                                            AND (m.outcome IN ('stalled', 'timed_out') AND m.fal_request_id = a.fal_request_id) IS NOT TRUE) AS unmonitored,
                         min(CASE WHEN m.fal_request_id = a.fal_request_id
                                  THEN coalesce(m.ended_at, m.last_checked_at, m.watched_since)
                                  ELSE a.training_started_at END)
                           FILTER (WHERE live.trigger_name IS NULL AND a.invalid IS NULL
                                     AND (m.outcome IN ('stalled', 'timed_out') AND m.fal_request_id = a.fal_request_id) IS NOT TRUE) AS unmonitored_since,
                         count(*) FILTER (WHERE live.trigger_name IS NULL AND a.invalid IS NOT NULL) AS invalid,
                         count(*) FILTER (WHERE m.outcome IN ('stalled', 'timed_out')
                                            AND m.fal_request_id IS NOT DISTINCT FROM a.fal_request_id) AS stalled,
                         min(m.ended_at) FILTER (WHERE m.outcome IN ('stalled', 'timed_out')
                                            AND m.fal_request_id IS NOT DISTINCT FROM a.fal_request_id) AS stalled_since
                  FROM avatar_monitor_candidate a
                  LEFT JOIN avatar_monitoring m ON m.avatar_id = a.avatar_id
                  LEFT JOIN live ON live.trigger_name = CAST(a.avatar_id AS varchar)) trainings,
                 (SELECT count(*) FILTER (WHERE problem IS NOT NULL OR paused)
                           + (SELECT count(*) FROM qrtz_paused_trigger_grps WHERE sched_name = 'avatar-monitor') AS stuck
                  FROM amiss) disorders""";

    /** H2 uses an index only for the column itself. */
    private static final String MONITORING_OF_TRIGGER_ON_H2 = """
            m.avatar_id = CASE WHEN regexp_like(live.trigger_name, '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$')
                               THEN CAST(live.trigger_name AS uuid) END""";

    /** Seconds by which an answer of fal is missing; negative while it is not. */
    private static final String UNANSWERED =
            SqlFile.part("/sql/views/common/v_watched.sql", "unanswered").replace("t.interval_ms", "s.repeat_interval");

    private static final int COUNTS_AGAIN = 3;

    /** Usually there are few or none; PostgreSQL has an index of them. */
    static final String OVERRIDDEN = """
            SELECT m.interval_seconds, m.priority, count(*) AS n
            FROM avatar_monitoring m
            JOIN qrtz_triggers t ON t.sched_name = 'avatar-monitor' AND t.trigger_name = CAST(m.avatar_id AS varchar)
                                AND t.trigger_group = 'avatar'
            WHERE m.interval_seconds IS NOT NULL OR m.priority IS NOT NULL
            GROUP BY m.interval_seconds, m.priority""";

    private static final String ENDS_REFUSED = """
            SELECT count(*) AS n, min(k.at) AS since
            FROM avatar_monitor_answer k
            JOIN avatar_monitor_training a ON a.avatar_id = k.avatar_id AND a.fal_request_id = k.fal_request_id
            WHERE k.written_at IS NULL""";

    /**
     * The earliest event about a row that is currently invalid. An event is written when the row becomes invalid; a
     * later event of another type means that it was valid in between.
     */
    private static final String INVALID_SINCE = """
            SELECT min(e.at) AS since
            FROM avatar_event e
            JOIN avatar_monitor_candidate a ON a.avatar_id = e.avatar_id
            WHERE e.type = 'invalid' AND a.invalid IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM avatar_event later
                              WHERE later.avatar_id = e.avatar_id AND later.id > e.id AND later.type <> 'invalid')""";

    /** Reads the current counts. */
    public static Overview read(Database database, Instant at) {
        return database.readWhole(connection -> {
            Map<String, @Nullable Object> now = counted(database, connection);
            Map<String, Long> counts = new LinkedHashMap<>();
            for (String word : List.of("training", "watched", "late", "failing")) {
                counts.put(word, Rows.number(now.get(word)));
            }
            counts.put("unwatched", Rows.number(now.get("unmonitored")) + Rows.number(now.get("invalid")));
            for (String word : List.of("unmonitored", "invalid", "stalled", "stuck")) {
                counts.put(word, Rows.number(now.get(word)));
            }
            Map<String, @Nullable Object> refused = Rows.first(connection, ENDS_REFUSED);
            counts.put("ends_refused", Rows.number(refused.get("n")));
            Map<String, Instant> since = new LinkedHashMap<>();
            for (String word : List.of("failing", "unmonitored", "stalled")) {
                put(since, word, now.get(word + "_since"));
            }
            put(since, "ends_refused", refused.get("since"));
            if (Rows.number(now.get("invalid")) > 0) {
                put(since, "invalid", Rows.first(connection, INVALID_SINCE).get("since"));
            }
            for (String ended : List.of("completed", "failed", "cancelled")) {
                counts.put(ended + "_today", eventsOfLastDay(connection, ended, at));
            }
            return new Overview(
                    counts,
                    Rows.number(now.get("late_most")),
                    Map.copyOf(since),
                    workers(connection),
                    lastReconcile(connection),
                    LastingEvents.read(connection),
                    Jdbc.list(connection, OVERRIDDEN, Overview::group));
        });
    }

    private static RequestDemand.Group group(ResultSet row) throws SQLException {
        Integer seconds = row.getObject("interval_seconds", Integer.class);
        return new RequestDemand.Group(
                seconds == null ? null : Duration.ofSeconds(seconds),
                row.getObject("priority", Integer.class),
                row.getLong("n"));
    }

    /**
     * Counts again on H2, where a statement reads triggers and their firings at slightly different moments, so that a
     * check that starts may look like a broken trigger: only faults found again are real. Stops when two counts in a
     * row agree.
     */
    private static Map<String, @Nullable Object> counted(Database database, Connection connection) throws SQLException {
        String query = trainingsAndTriggers(database.dialect());
        Map<String, @Nullable Object> now = Rows.first(connection, query);
        Map<String, @Nullable Object> last = now;
        boolean lasting = false;
        for (int again = 0;
                again < COUNTS_AGAIN && database.dialect() == Dialect.H2 && wrong(now) > 0 && !lasting;
                again++) {
            Map<String, @Nullable Object> later = Rows.first(connection, query);
            lasting = Rows.number(later.get("unmonitored")) == Rows.number(last.get("unmonitored"))
                    && Rows.number(later.get("stuck")) == Rows.number(last.get("stuck"));
            last = later;
            now = wrong(later) < wrong(now) ? later : now;
        }
        return now;
    }

    /** Query for the counts of trainings and triggers, in one statement. */
    static String trainingsAndTriggers(Dialect dialect) {
        String monitoringOfTrigger = dialect == Dialect.H2
                ? MONITORING_OF_TRIGGER_ON_H2
                : "CAST(m.avatar_id AS varchar) = live.trigger_name";
        return TRAININGS_AND_TRIGGERS.formatted(AvatarList.LATE_SECONDS + 1, monitoringOfTrigger, UNANSWERED);
    }

    private static long wrong(Map<String, @Nullable Object> counted) {
        return Rows.number(counted.get("unmonitored")) + Rows.number(counted.get("stuck"));
    }

    /** Number of live workers. */
    public long workersAlive() {
        return workers.stream()
                .filter(worker -> Boolean.TRUE.equals(worker.get("alive")))
                .count();
    }

    /** Reads the rows of {@code v_workers}. */
    public static List<Map<String, @Nullable Object>> workers(Connection connection) throws SQLException {
        return Rows.all(connection, "SELECT * FROM v_workers ORDER BY instance");
    }

    private static long eventsOfLastDay(Connection connection, String type, Instant now) throws SQLException {
        String sql = "SELECT count(*) AS n FROM avatar_event WHERE type = ? AND at > ?";
        return Rows.number(
                Rows.first(connection, sql, type, now.minusSeconds(24 * 3600)).get("n"));
    }

    static @Nullable Instant lastReconcile(Connection connection) throws SQLException {
        return Rows.first(connection, "SELECT at FROM avatar_monitor_reconcile WHERE id = 1")
                                .get("at")
                        instanceof Instant at
                ? at
                : null;
    }

    private static void put(Map<String, Instant> since, String word, @Nullable Object value) {
        if (value instanceof Instant instant) {
            since.put(word, instant);
        }
    }
}
