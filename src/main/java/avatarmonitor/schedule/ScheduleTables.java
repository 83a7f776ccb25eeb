package avatarmonitor.schedule;

import avatarmonitor.schedule.quartz.MisfirePolicy;
import avatarmonitor.store.sql.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.quartz.TriggerKey;

/**
 * Queries of Quartz's tables, and changes for which Quartz has no operation. Changes must run in a transaction that
 * holds the cluster lock.
 */
final class ScheduleTables {
    /** Rows changed in one transaction, which holds the cluster lock. */
    static final int BATCH = 500;

    /**
     * Minimum delay of an overdue trigger, however short the intervals: workers skip triggers that are too late twice
     * within it.
     */
    private static final Duration OVERDUE_MIN = MisfirePolicy.OVERDUE_MIN;

    /**
     * Tolerance for differences between the workers' clocks; a worker checks in before it fires, so an older firing of
     * an unknown worker is a fault.
     */
    private static final Duration GONE_AFTER = Duration.ofSeconds(30);

    private final Connection connection;

    ScheduleTables(Connection connection) {
        this.connection = connection;
    }

    /**
     * Returns triggers that have waited for more than two of their intervals although it was their turn. Due triggers
     * fire in the order of their times, so while checks are made and no trigger with a later time has fired, a trigger
     * only waits behind the others: the rate limit or the concurrency is too low for all of them, and making it due
     * again would cost its place in the queue.
     */
    List<TriggerKey> overdue(Instant now, int limit) throws SQLException {
        if (overdueBefore(now, now, 1).isEmpty()) {
            return List.of();
        }
        return overdueBefore(now, checksGoOn(now) ? lastTurn(now) : now, limit);
    }

    private boolean checksGoOn(Instant now) throws SQLException {
        String sql = "SELECT 1 FROM avatar_monitoring WHERE last_checked_at > ? LIMIT 1";
        return Jdbc.exists(connection, sql, now.minus(OVERDUE_MIN));
    }

    /** Returns the latest scheduled time for which a check's trigger has fired. */
    private Instant lastTurn(Instant now) throws SQLException {
        return Jdbc.first(connection, """
                SELECT max(prev_fire_time) FROM qrtz_triggers
                WHERE sched_name = 'avatar-monitor' AND trigger_group = 'avatar' AND prev_fire_time <= ?
                """, row -> Instant.ofEpochMilli(row.getLong(1)), now.toEpochMilli())
                .orElse(Instant.EPOCH);
    }

    /** @param turn triggers that were due more than two intervals before this time */
    private List<TriggerKey> overdueBefore(Instant now, Instant turn, int limit) throws SQLException {
        return Jdbc.list(
                connection,
                """
                SELECT t.trigger_name, t.trigger_group
                FROM qrtz_triggers t
                JOIN qrtz_simple_triggers s
                  ON s.sched_name = t.sched_name AND s.trigger_name = t.trigger_name AND s.trigger_group = t.trigger_group
                WHERE t.sched_name = 'avatar-monitor' AND t.trigger_state = 'WAITING'
                  AND t.next_fire_time > 0 AND t.next_fire_time < ? AND t.next_fire_time < ? - 2 * s.repeat_interval
                  AND t.trigger_group IN ('avatar', 'maintenance')
                ORDER BY t.next_fire_time
                LIMIT ?
                """,
                row -> new TriggerKey(row.getString(1), row.getString(2)),
                now.minus(OVERDUE_MIN).toEpochMilli(),
                turn.toEpochMilli(),
                limit);
    }

    /** Makes an overdue trigger due now; returns false when it is no longer overdue. */
    boolean makeDue(TriggerKey key, Instant now) throws SQLException {
        return Jdbc.update(
                        connection,
                        """
                UPDATE qrtz_triggers SET next_fire_time = ?
                WHERE sched_name = 'avatar-monitor' AND trigger_name = ? AND trigger_group = ?
                  AND trigger_state = 'WAITING' AND next_fire_time < ?
                """,
                        now.toEpochMilli(),
                        key.getName(),
                        key.getGroup(),
                        now.minus(OVERDUE_MIN).toEpochMilli())
                == 1;
    }

    /** Returns the trigger groups of this product that are paused, or that contain a paused trigger. */
    List<String> pausedGroups(int limit) throws SQLException {
        return names("""
                SELECT trigger_group FROM qrtz_paused_trigger_grps
                WHERE sched_name = 'avatar-monitor'
                  AND trigger_group IN ('avatar', 'maintenance', '_$_ALL_GROUPS_PAUSED_$_')
                UNION
                SELECT trigger_group FROM qrtz_triggers
                WHERE sched_name = 'avatar-monitor' AND trigger_group IN ('avatar', 'maintenance')
                  AND trigger_state IN ('PAUSED', 'PAUSED_BLOCKED')
                ORDER BY 1
                LIMIT ?
                """, limit);
    }

    /** Lets new triggers of a group fire; returns false when it was not paused. */
    boolean unpause(String group) throws SQLException {
        return Jdbc.update(connection, """
                DELETE FROM qrtz_paused_trigger_grps WHERE sched_name = 'avatar-monitor' AND trigger_group = ?
                """, group) > 0;
    }

    /** Resumes paused triggers of a group, at most {@value #BATCH}; returns their number. */
    int resume(String group) throws SQLException {
        return Jdbc.update(connection, """
                UPDATE qrtz_triggers
                SET trigger_state = CASE WHEN trigger_state = 'PAUSED' THEN 'WAITING' ELSE 'BLOCKED' END
                WHERE sched_name = 'avatar-monitor' AND trigger_group = ? AND trigger_name IN (
                  SELECT trigger_name FROM qrtz_triggers
                  WHERE sched_name = 'avatar-monitor' AND trigger_group = ?
                    AND trigger_state IN ('PAUSED', 'PAUSED_BLOCKED')
                  LIMIT ?)
                """, group, group, BATCH);
    }

    /** Returns workers with recorded firings that are not registered. */
    List<String> goneWorkers(Instant now, int limit) throws SQLException {
        // Firings later than that in the future were written by a wrong clock.
        return names(
                """
                SELECT DISTINCT f.instance_name
                FROM qrtz_fired_triggers f
                WHERE f.sched_name = 'avatar-monitor' AND (f.fired_time < ? OR f.fired_time > ?) AND NOT EXISTS (
                  SELECT 1 FROM qrtz_scheduler_state w
                  WHERE w.sched_name = 'avatar-monitor' AND w.instance_name = f.instance_name)
                ORDER BY f.instance_name
                LIMIT ?
                """, now.minus(GONE_AFTER).toEpochMilli(), now.plus(GONE_AFTER).toEpochMilli(), limit);
    }

    /** Returns whether any worker is registered, so that the jobs and triggers of workers are required. */
    boolean knowsAny() throws SQLException {
        return Jdbc.exists(
                connection, "SELECT 1 FROM qrtz_scheduler_state WHERE sched_name = 'avatar-monitor' LIMIT 1");
    }

    boolean knows(String worker) throws SQLException {
        return Jdbc.exists(connection, """
                SELECT 1 FROM qrtz_scheduler_state WHERE sched_name = 'avatar-monitor' AND instance_name = ?
                """, worker);
    }

    /** Returns the class of a job; empty when there is no such job. */
    Optional<String> jobClass(String group, String name) throws SQLException {
        return names("""
                SELECT job_class_name FROM qrtz_job_details
                WHERE sched_name = 'avatar-monitor' AND job_group = ? AND job_name = ?
                """, group, name).stream().findFirst();
    }

    private List<String> names(String query, Object... values) throws SQLException {
        return Jdbc.list(connection, query, row -> row.getString(1), values);
    }
}
