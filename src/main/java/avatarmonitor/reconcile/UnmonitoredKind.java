package avatarmonitor.reconcile;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.store.sql.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Queries for avatars in TRAINING that are not monitored, as the views define it. */
enum UnmonitoredKind {
    /** Every avatar in {@code v_unwatched}. */
    ALL("""
            SELECT avatar_id FROM v_unwatched
            WHERE avatar_id IS NOT NULL
              AND (CAST(? AS uuid) IS NULL OR avatar_id > CAST(? AS uuid))
            ORDER BY avatar_id LIMIT ?"""),
    /**
     * Avatars without any trigger that may be monitored: monitoring has not ended, or only its window has, and they are
     * not known to be invalid. Those that gave up or that an operator stopped are left to the hourly run. Runs every
     * minute, so it does not use the view, which reads every trigger.
     */
    UNDECIDED("LEFT JOIN", "(m.outcome IS NULL OR m.outcome = 'window_expired') AND a.invalid IS NULL"),
    /** Those of them whose monitoring is open: their trigger was lost. */
    LOST("JOIN", "m.outcome IS NULL");

    private final String sql;

    /** @param join of the trainings without a trigger with their monitoring */
    UnmonitoredKind(String join, String condition) {
        this("""
                SELECT a.avatar_id
                FROM avatar_monitor_training a
                %s avatar_monitoring m ON m.avatar_id = a.avatar_id AND m.fal_request_id = a.fal_request_id
                WHERE (CAST(? AS uuid) IS NULL OR a.avatar_id > CAST(? AS uuid))
                  AND %s
                  AND NOT EXISTS (SELECT 1 FROM qrtz_triggers t
                                  WHERE t.sched_name = 'avatar-monitor' AND t.trigger_group = 'avatar'
                                    AND t.trigger_name = CAST(a.avatar_id AS varchar))
                ORDER BY a.avatar_id LIMIT ?""".formatted(join, condition));
    }

    UnmonitoredKind(String sql) {
        this.sql = sql;
    }

    /** Returns ids in order, greater than the given one. */
    List<AvatarId> page(Connection connection, @Nullable AvatarId after, int limit) throws SQLException {
        UUID begin = after == null ? null : after.value();
        return Jdbc.list(
                connection, sql, row -> new AvatarId(row.getObject("avatar_id", UUID.class)), begin, begin, limit);
    }
}
