package avatarmonitor.check;

import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.check.decision.NextAction.Observed;
import avatarmonitor.event.EventLog;
import avatarmonitor.store.sql.FreshPlan;
import avatarmonitor.store.sql.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The append-only table {@code avatar_monitor_check}: checks that found a change, or failed. All methods run in the
 * caller's transaction.
 */
public final class CheckHistory {
    private CheckHistory() {}

    /** Appends a check that did not end the training, when it found a change or failed. */
    static void seen(Connection connection, Observation observation, String worker) throws SQLException {
        if (observation.isNews()) {
            Observed seen = observation.seen();
            append(
                    connection,
                    observation.subject(),
                    observation.outcome(),
                    seen.at(),
                    seen.falStatus(),
                    seen.queuePosition(),
                    seen.progress(),
                    observation.tookMillis(),
                    seen.error(),
                    worker);
        }
    }

    /** Appends the check that ended a training. */
    static void ended(
            Connection connection,
            CheckedAvatar subject,
            CheckOutcome outcome,
            String falStatus,
            @Nullable String reason,
            String worker,
            Instant now)
            throws SQLException {
        append(connection, subject, outcome, now, falStatus, null, null, subject.tookMillis(), reason, worker);
    }

    private static void append(
            Connection connection,
            CheckedAvatar subject,
            CheckOutcome outcome,
            Instant at,
            String falStatus,
            @Nullable Integer queuePosition,
            @Nullable Integer progress,
            long tookMillis,
            @Nullable String error,
            String worker)
            throws SQLException {
        String sql = """
                INSERT INTO avatar_monitor_check (at, avatar_id, fal_request_id, worker, outcome, fal_status, queue_position, progress,
                    took_ms, error)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";
        Jdbc.update(
                connection,
                sql,
                at,
                subject.id().value(),
                EventLog.stored(subject.requestId()),
                worker,
                outcome.column(),
                falStatus,
                queuePosition,
                progress,
                tookMillis,
                MonitoringStore.cut(connection, error));
    }

    /** Deletes at most {@code batch} entries older than {@code before}; returns their number. */
    public static int prune(Connection connection, Instant before, int batch) throws SQLException {
        String ids = "SELECT id FROM avatar_monitor_check WHERE at < ? ORDER BY at LIMIT ?";
        String sql = "DELETE FROM avatar_monitor_check WHERE id " + FreshPlan.in(connection, ids);
        return Jdbc.update(connection, sql, before, batch);
    }
}
