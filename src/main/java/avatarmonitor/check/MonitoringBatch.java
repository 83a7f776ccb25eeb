package avatarmonitor.check;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.MonitoringStore.Beginning;
import avatarmonitor.check.MonitoringStore.Begun;
import avatarmonitor.store.sql.Columns;
import avatarmonitor.store.sql.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/** Set-based version of {@link MonitoringStore#begin}. PostgreSQL only. */
final class MonitoringBatch {
    private MonitoringBatch() {}

    static Map<AvatarId, Begun> begin(Connection connection, List<Beginning> beginnings, Instant now)
            throws SQLException {
        // The rows are locked in the order of their keys, so that two workers do not deadlock. RETURNING selects the
        // values before the statement: a row with open monitoring had lost its trigger. Newly monitored avatars are not
        // looked up.
        String sql = """
                INSERT INTO avatar_monitoring AS m (avatar_id, fal_request_id, watched_since, window_ends_at)
                SELECT id, request, ?, window_ends
                FROM unnest(CAST(? AS uuid[]), CAST(? AS text[]), CAST(? AS timestamptz[])) AS beginning (id, request, window_ends)
                ORDER BY id
                ON CONFLICT (avatar_id) DO UPDATE SET
                    (fal_request_id, watched_since, window_ends_at, outcome, ended_at, next_request_by) =
                    (excluded.fal_request_id, excluded.watched_since, excluded.window_ends_at, NULL, NULL, NULL),
                    failures_in_row = CASE WHEN m.fal_request_id = excluded.fal_request_id AND m.outcome = 'window_expired'
                                           THEN m.failures_in_row ELSE 0 END,
                    (rounds, checks, last_checked_at, last_answered_at, last_fal_status, queue_position, last_error, last_worker, doubt,
                     doubts_in_row, doubted_since, write_refusals, endpoint, check_asked_at, window_seconds, interval_seconds, deadline,
                     priority) =
                    (SELECT m.rounds + 1, m.checks, m.last_checked_at, m.last_answered_at, m.last_fal_status,
                         m.queue_position, m.last_error, m.last_worker, m.doubt, m.doubts_in_row,
                         m.doubted_since, m.write_refusals, m.endpoint, m.check_asked_at, m.window_seconds, m.interval_seconds,
                         m.deadline, m.priority
                     WHERE m.fal_request_id = excluded.fal_request_id
                     UNION ALL
                     SELECT 1, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL
                     WHERE m.fal_request_id IS DISTINCT FROM excluded.fal_request_id)
                RETURNING avatar_id, rounds = 1 AS first,
                    CASE WHEN rounds > 1 THEN
                        (SELECT before.outcome IS NULL FROM avatar_monitoring before WHERE before.avatar_id = m.avatar_id)
                    END AS open""";
        List<Map.Entry<AvatarId, Begun>> begun = Jdbc.listPlanned(
                connection,
                sql,
                row -> {
                    Begun kind =
                            row.getBoolean("first") ? Begun.FIRST : row.getBoolean("open") ? Begun.LOST : Begun.AGAIN;
                    return Map.entry(new AvatarId(row.getObject("avatar_id", UUID.class)), kind);
                },
                now,
                Columns.of("uuid", beginnings, Beginning::id),
                Columns.of("text", beginnings, Beginning::requestId),
                Columns.of("timestamptz", beginnings, Beginning::windowEndsAt));
        return begun.stream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
