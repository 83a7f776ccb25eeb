package avatarmonitor.check;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.store.DatabaseTime;
import avatarmonitor.store.FreshPlan;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rows of {@code avatar_monitoring} whose training fal has ended, until they are pruned. All methods run in the
 * caller's transaction.
 */
public final class EndedMonitorings {
    private static final Set<String> ENDS = Set.of(
            MonitoringStore.Outcome.COMPLETED.column(),
            MonitoringStore.Outcome.FAILED.column(),
            MonitoringStore.Outcome.CANCELLED.column());

    private EndedMonitorings() {}

    /** Records the last check, which ended the training; updates the row in any state. */
    static void ended(
            Connection connection,
            AvatarId id,
            String requestId,
            MonitoringStore.Outcome outcome,
            String falStatus,
            @Nullable String error,
            String worker,
            Instant now)
            throws SQLException {
        String sql = """
                UPDATE avatar_monitoring SET outcome = ?, ended_at = ?, checks = checks + 1, last_checked_at = ?,
                    last_fal_status = ?, queue_position = NULL, last_error = ?, last_worker = ?, write_refusals = 0
                WHERE avatar_id = ? AND fal_request_id = ?""";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, outcome.column());
            statement.setObject(2, DatabaseTime.utc(now));
            statement.setObject(3, DatabaseTime.utc(now));
            statement.setString(4, falStatus);
            statement.setString(5, MonitoringStore.cut(connection, error));
            statement.setString(6, worker);
            statement.setObject(7, id.value());
            statement.setString(8, requestId);
            statement.executeUpdate();
        }
    }

    /**
     * Returns whether the end of this request is already written. Locks the row in any case, before the row of {@code
     * avatar_monitor_answer}: writing an end takes the locks in this order.
     */
    static boolean hasEnded(Connection connection, AvatarId id, String requestId) throws SQLException {
        String sql = """
                SELECT outcome FROM avatar_monitoring WHERE avatar_id = ? AND fal_request_id = ? FOR UPDATE""";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setObject(1, id.value());
            select.setString(2, requestId);
            try (ResultSet row = select.executeQuery()) {
                return row.next() && ENDS.contains(String.valueOf(row.getString("outcome")));
            }
        }
    }

    /**
     * Records a check whose end of the training the database refused; does nothing when the avatar is not monitored.
     */
    static void refused(
            Connection connection,
            AvatarId id,
            String requestId,
            int refusals,
            String falStatus,
            String error,
            String worker,
            Instant now)
            throws SQLException {
        String sql = """
                UPDATE avatar_monitoring SET checks = checks + 1, failures_in_row = failures_in_row + 1, write_refusals = ?,
                    last_checked_at = ?, last_fal_status = ?, queue_position = NULL, last_error = ?, last_worker = ?
                WHERE avatar_id = ? AND fal_request_id = ?""";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setInt(1, refusals);
            statement.setObject(2, DatabaseTime.utc(now));
            statement.setString(3, falStatus);
            statement.setString(4, MonitoringStore.cut(connection, error));
            statement.setString(5, worker);
            statement.setObject(6, id.value());
            statement.setString(7, requestId);
            statement.executeUpdate();
        }
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
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setObject(1, DatabaseTime.utc(before));
            statement.setInt(2, batch);
            return statement.executeUpdate();
        }
    }
}
