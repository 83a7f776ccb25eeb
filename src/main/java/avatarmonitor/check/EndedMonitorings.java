package avatarmonitor.check;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.decision.UnwrittenEnd;
import avatarmonitor.store.sql.FreshPlan;
import avatarmonitor.store.sql.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Rows of {@code avatar_monitoring} whose training fal has ended, until they are pruned. All methods run in the
 * caller's transaction.
 */
public final class EndedMonitorings {
    private static final Set<String> ENDS = Arrays.stream(UnwrittenEnd.Ending.values())
            .map(UnwrittenEnd.Ending::column)
            .collect(Collectors.toUnmodifiableSet());

    private EndedMonitorings() {}

    /** Records the last check, which ended the training; updates the row in any state. */
    static void ended(Connection connection, AvatarId id, UnwrittenEnd end, String worker, Instant now)
            throws SQLException {
        String sql = """
                UPDATE avatar_monitoring SET outcome = ?, ended_at = ?, checks = checks + 1, last_checked_at = ?,
                    last_fal_status = ?, queue_position = NULL, last_error = ?, last_worker = ?, write_refusals = 0
                WHERE avatar_id = ? AND fal_request_id = ?""";
        Jdbc.update(
                connection,
                sql,
                end.ending().column(),
                now,
                now,
                end.falStatus(),
                MonitoringStore.cut(connection, end.reason()),
                worker,
                id.value(),
                end.falRequestId());
    }

    /**
     * Returns whether the end of this request is already written. Locks the row in any case, before the row of {@code
     * avatar_monitor_answer}: writing an end takes the locks in this order.
     */
    static boolean hasEnded(Connection connection, AvatarId id, String requestId) throws SQLException {
        String sql = """
                SELECT outcome FROM avatar_monitoring WHERE avatar_id = ? AND fal_request_id = ? FOR UPDATE""";
        return Jdbc.first(connection, sql, row -> row.getString("outcome"), id.value(), requestId)
                .filter(ENDS::contains)
                .isPresent();
    }

    /**
     * Records a check whose end of the training the database refused; does nothing when the avatar is not monitored.
     */
    static void refused(
            Connection connection,
            AvatarId id,
            UnwrittenEnd end,
            int refusals,
            String error,
            String worker,
            Instant now)
            throws SQLException {
        String sql = """
                UPDATE avatar_monitoring SET checks = checks + 1, failures_in_row = failures_in_row + 1, write_refusals = ?,
                    last_checked_at = ?, last_answered_at = ?, next_request_by = NULL, last_fal_status = ?, queue_position = NULL,
                    last_error = ?, last_worker = ?
                WHERE avatar_id = ? AND fal_request_id = ?""";
        Jdbc.update(
                connection,
                sql,
                refusals,
                now,
                now,
                end.falStatus(),
                MonitoringStore.cut(connection, error),
                worker,
                id.value(),
                end.falRequestId());
    }

    /**
     * Deletes at most {@code batch} rows that were last written before {@code before} and that no training needs any
     * more: the avatar does not exist, or monitoring has ended and the avatar is not in TRAINING. Returns their number.
     */
    public static int prune(Connection connection, Instant before, int batch) throws SQLException {
        FreshPlan.byHash(connection);
        String ids = """
                SELECT m.avatar_id FROM avatar_monitoring m
                WHERE coalesce(m.ended_at, m.last_checked_at, m.watched_since) < ?
                  AND NOT EXISTS (SELECT 1 FROM avatar_monitor_training a WHERE a.avatar_id = m.avatar_id)
                  AND (m.ended_at IS NOT NULL OR NOT EXISTS (SELECT 1 FROM avatars WHERE avatars.id = m.avatar_id))
                LIMIT ?""";
        String sql = "DELETE FROM avatar_monitoring WHERE avatar_id " + FreshPlan.in(connection, ids);
        return Jdbc.update(connection, sql, before, batch);
    }
}
