package avatarmonitor.schedule;

import avatarmonitor.schedule.quartz.MisfirePolicy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
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
        try (PreparedStatement select =
                connection.prepareStatement("SELECT count(*) FROM avatar_monitoring WHERE last_checked_at > ?")) {
            select.setObject(1, now.minus(OVERDUE_MIN).atOffset(ZoneOffset.UTC));
            try (ResultSet row = select.executeQuery()) {
                return row.next() && row.getLong(1) > 0;
            }
        }
    }

    /** Returns the latest scheduled time for which a check's trigger has fired. */
    private Instant lastTurn(Instant now) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT max(prev_fire_time) FROM qrtz_triggers
                WHERE sched_name = 'avatar-monitor' AND trigger_group = 'avatar' AND prev_fire_time <= ?
                """)) {
            select.setLong(1, now.toEpochMilli());
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Instant.ofEpochMilli(row.getLong(1)) : Instant.EPOCH;
            }
        }
    }

    /** @param turn triggers that were due more than two intervals before this time */
    private List<TriggerKey> overdueBefore(Instant now, Instant turn, int limit) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT t.trigger_name, t.trigger_group
                FROM qrtz_triggers t
                JOIN qrtz_simple_triggers s
                  ON s.sched_name = t.sched_name AND s.trigger_name = t.trigger_name AND s.trigger_group = t.trigger_group
                WHERE t.sched_name = 'avatar-monitor' AND t.trigger_state = 'WAITING'
                  AND t.next_fire_time > 0 AND t.next_fire_time < ? AND t.next_fire_time < ? - 2 * s.repeat_interval
                  AND t.trigger_group IN ('avatar', 'maintenance')
                ORDER BY t.next_fire_time
                LIMIT ?
                """)) {
            select.setLong(1, now.minus(OVERDUE_MIN).toEpochMilli());
            select.setLong(2, turn.toEpochMilli());
            select.setInt(3, limit);
            List<TriggerKey> keys = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    keys.add(new TriggerKey(row.getString(1), row.getString(2)));
                }
            }
            return keys;
        }
    }

    /** Makes an overdue trigger due now; returns false when it is no longer overdue. */
    boolean makeDue(TriggerKey key, Instant now) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("""
                UPDATE qrtz_triggers SET next_fire_time = ?
                WHERE sched_name = 'avatar-monitor' AND trigger_name = ? AND trigger_group = ?
                  AND trigger_state = 'WAITING' AND next_fire_time < ?
                """)) {
            update.setLong(1, now.toEpochMilli());
            update.setString(2, key.getName());
            update.setString(3, key.getGroup());
            update.setLong(4, now.minus(OVERDUE_MIN).toEpochMilli());
            return update.executeUpdate() == 1;
        }
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
        try (PreparedStatement delete = connection.prepareStatement("""
                DELETE FROM qrtz_paused_trigger_grps WHERE sched_name = 'avatar-monitor' AND trigger_group = ?
                """)) {
            delete.setString(1, group);
            return delete.executeUpdate() > 0;
        }
    }

    /** Resumes paused triggers of a group, at most {@value #BATCH}; returns their number. */
    int resume(String group) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("""
                UPDATE qrtz_triggers
                SET trigger_state = CASE WHEN trigger_state = 'PAUSED' THEN 'WAITING' ELSE 'BLOCKED' END
                WHERE sched_name = 'avatar-monitor' AND trigger_group = ? AND trigger_name IN (
                  SELECT trigger_name FROM qrtz_triggers
                  WHERE sched_name = 'avatar-monitor' AND trigger_group = ?
                    AND trigger_state IN ('PAUSED', 'PAUSED_BLOCKED')
                  LIMIT ?)
                """)) {
            update.setString(1, group);
            update.setString(2, group);
            update.setInt(3, BATCH);
            return update.executeUpdate();
        }
    }

    /** Returns workers with recorded firings that are not registered. */
    List<String> goneWorkers(Instant now, int limit) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT DISTINCT f.instance_name
                FROM qrtz_fired_triggers f
                WHERE f.sched_name = 'avatar-monitor' AND (f.fired_time < ? OR f.fired_time > ?) AND NOT EXISTS (
                  SELECT 1 FROM qrtz_scheduler_state w
                  WHERE w.sched_name = 'avatar-monitor' AND w.instance_name = f.instance_name)
                ORDER BY f.instance_name
                LIMIT ?
                """)) {
            select.setLong(1, now.minus(GONE_AFTER).toEpochMilli());
            // Written by a wrong clock.
            select.setLong(2, now.plus(GONE_AFTER).toEpochMilli());
            select.setInt(3, limit);
            return read(select);
        }
    }

    /** Returns whether any worker is registered, so that the jobs and triggers of workers are required. */
    boolean knowsAny() throws SQLException {
        return !names("SELECT instance_name FROM qrtz_scheduler_state WHERE sched_name = 'avatar-monitor' LIMIT ?", 1)
                .isEmpty();
    }

    /** Returns whether a worker is registered. */
    boolean knows(String worker) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT instance_name FROM qrtz_scheduler_state WHERE sched_name = 'avatar-monitor' AND instance_name = ?
                """)) {
            select.setString(1, worker);
            return !read(select).isEmpty();
        }
    }

    /** Returns the class of a job; empty when there is no such job. */
    Optional<String> jobClass(String group, String name) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT job_class_name FROM qrtz_job_details
                WHERE sched_name = 'avatar-monitor' AND job_group = ? AND job_name = ?
                """)) {
            select.setString(1, group);
            select.setString(2, name);
            return read(select).stream().findFirst();
        }
    }

    private List<String> names(String query, int limit) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(query)) {
            select.setInt(1, limit);
            return read(select);
        }
    }

    private static List<String> read(PreparedStatement select) throws SQLException {
        List<String> names = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                names.add(row.getString(1));
            }
        }
        return names;
    }
}
