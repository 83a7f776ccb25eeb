package avatarmonitor.schedule;

import avatarmonitor.store.Columns;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quartz.TriggerKey;
import org.quartz.impl.triggers.SimpleTriggerImpl;
import org.quartz.spi.OperableTrigger;

/** Stores and removes many simple triggers on PostgreSQL by one statement: the rows that Quartz would write one by one. */
final class PlainTriggers {
    private PlainTriggers() {}

    /** Whether a trigger has nothing but its times. */
    static boolean plain(OperableTrigger trigger) {
        return trigger instanceof SimpleTriggerImpl
                && trigger.getJobDataMap().isEmpty()
                && trigger.getCalendarName() == null
                && trigger.getDescription() == null;
    }

    /** @param triggers all {@link #plain}, and none of them in the database */
    static void insert(Connection connection, List<SimpleTriggerImpl> triggers, String state) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("""
                WITH new AS (
                  SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    AS n (name, grp, job_name, job_grp, next, prev, priority, start, stop, misfire, repeats, repeat_interval, times)
                ), stored AS (
                  INSERT INTO qrtz_triggers (sched_name, trigger_name, trigger_group, job_name, job_group, next_fire_time,
                      prev_fire_time, priority, trigger_state, trigger_type, start_time, end_time, misfire_instr, job_data)
                  SELECT 'avatar-monitor', name, grp, job_name, job_grp, next, prev, priority, ?, 'SIMPLE', start, stop, misfire, ''
                  FROM new
                )
                INSERT INTO qrtz_simple_triggers
                    (sched_name, trigger_name, trigger_group, repeat_count, repeat_interval, times_triggered)
                SELECT 'avatar-monitor', name, grp, repeats, repeat_interval, times FROM new
                """)) {
            Columns.set(insert, 1, "text", triggers, SimpleTriggerImpl::getName);
            Columns.set(insert, 2, "text", triggers, SimpleTriggerImpl::getGroup);
            Columns.set(insert, 3, "text", triggers, SimpleTriggerImpl::getJobName);
            Columns.set(insert, 4, "text", triggers, SimpleTriggerImpl::getJobGroup);
            Columns.set(insert, 5, "int8", triggers, t -> millis(t.getNextFireTime(), -1));
            Columns.set(insert, 6, "int8", triggers, t -> millis(t.getPreviousFireTime(), -1));
            Columns.set(insert, 7, "int4", triggers, SimpleTriggerImpl::getPriority);
            Columns.set(insert, 8, "int8", triggers, t -> millis(t.getStartTime(), 0));
            Columns.set(insert, 9, "int8", triggers, t -> millis(t.getEndTime(), 0));
            Columns.set(insert, 10, "int2", triggers, SimpleTriggerImpl::getMisfireInstruction);
            Columns.set(insert, 11, "int8", triggers, t -> (long) t.getRepeatCount());
            Columns.set(insert, 12, "int8", triggers, SimpleTriggerImpl::getRepeatInterval);
            Columns.set(insert, 13, "int8", triggers, t -> (long) t.getTimesTriggered());
            insert.setString(14, state);
            insert.executeUpdate();
        }
    }

    /**
     * Removes simple triggers of durable jobs, so that nothing else has to go with them; the caller needs no lock of the cluster. A trigger
     * is locked before its other half goes: whoever fires it takes them in that order. What a worker has acquired in Quartz's own way is
     * left: it would store the trigger again when it fires.
     *
     * @return those that it removed
     */
    static List<TriggerKey> delete(Connection connection, List<TriggerKey> keys) throws SQLException {
        List<Placed> locked = lock(connection, keys.stream().sorted().toList());
        // Another statement, which sees what was locked as it is now.
        try (PreparedStatement delete = connection.prepareStatement("""
                WITH gone AS (
                  SELECT * FROM unnest(?, ?, ?) AS g (name, grp, place)
                ), half AS (
                  DELETE FROM qrtz_simple_triggers s
                  USING gone
                  CROSS JOIN LATERAL (SELECT ctid AS place FROM qrtz_simple_triggers
                                      WHERE sched_name = 'avatar-monitor' AND trigger_name = gone.name AND trigger_group = gone.grp
                                      LIMIT 1) found
                  WHERE s.ctid = found.place
                )
                DELETE FROM qrtz_triggers t
                USING gone
                WHERE t.ctid = gone.place AND t.sched_name || '' = 'avatar-monitor'
                  AND t.trigger_name || '' = gone.name AND t.trigger_group || '' = gone.grp
                RETURNING t.trigger_name, t.trigger_group
                """)) {
            Columns.set(delete, 1, "text", locked, one -> one.key().getName());
            Columns.set(delete, 2, "text", locked, one -> one.key().getGroup());
            Columns.set(delete, 3, "tid", locked, Placed::place);
            List<TriggerKey> gone = new ArrayList<>();
            try (ResultSet row = delete.executeQuery()) {
                while (row.next()) {
                    gone.add(new TriggerKey(row.getString(1), row.getString(2)));
                }
            }
            return gone;
        }
    }

    private record Placed(TriggerKey key, String place) {}

    /** In the order of the keys. */
    private static List<Placed> lock(Connection connection, List<TriggerKey> keys) throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement("""
                SELECT k.name, k.grp, locked.place
                FROM unnest(?, ?) AS k (name, grp)
                CROSS JOIN LATERAL (SELECT t.ctid AS place FROM qrtz_triggers t
                                    WHERE t.sched_name = 'avatar-monitor' AND t.trigger_name = k.name AND t.trigger_group = k.grp
                                      AND t.trigger_type = 'SIMPLE' AND t.trigger_state <> 'ACQUIRED'
                                      AND (SELECT j.is_durable FROM qrtz_job_details j
                                           WHERE j.sched_name = 'avatar-monitor'
                                             AND j.job_name = t.job_name AND j.job_group = t.job_group)
                                    LIMIT 1
                                    FOR UPDATE OF t) locked
                """)) {
            Columns.set(lock, 1, "text", keys, TriggerKey::getName);
            Columns.set(lock, 2, "text", keys, TriggerKey::getGroup);
            List<Placed> locked = new ArrayList<>();
            try (ResultSet row = lock.executeQuery()) {
                while (row.next()) {
                    locked.add(new Placed(new TriggerKey(row.getString(1), row.getString(2)), row.getString(3)));
                }
            }
            return locked;
        }
    }

    private static long millis(@Nullable Date date, long none) {
        return date == null ? none : date.toInstant().toEpochMilli();
    }

    /** How many triggers PostgreSQL believes there are, which is what it plans for; negative when it was never told. */
    static float known(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                        "SELECT reltuples FROM pg_class WHERE oid = 'qrtz_triggers'::regclass");
                ResultSet row = select.executeQuery()) {
            row.next();
            return row.getFloat(1);
        }
    }
}
