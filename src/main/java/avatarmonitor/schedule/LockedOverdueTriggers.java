package avatarmonitor.schedule;

import avatarmonitor.store.Columns;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import org.quartz.impl.triggers.SimpleTriggerImpl;

/** Overdue triggers on PostgreSQL: their rows are locked, since others fire without the lock of the cluster, and written by one statement. */
final class LockedOverdueTriggers extends OverdueTriggers {
    private final Connection connection;

    LockedOverdueTriggers(Connection connection, int batch) {
        super(connection, batch);
        this.connection = connection;
    }

    @Override
    String locking() {
        return "FOR NO KEY UPDATE SKIP LOCKED";
    }

    @Override
    void move(List<SimpleTriggerImpl> triggers) throws SQLException {
        try (PreparedStatement write = connection.prepareStatement("""
                WITH moved AS (
                  SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?) AS m (name, grp, next, start, repeats, times, priority)
                ), times AS (
                  UPDATE qrtz_triggers t
                  SET next_fire_time = m.next, start_time = m.start, priority = m.priority
                  FROM moved m
                  CROSS JOIN LATERAL (SELECT ctid AS place FROM qrtz_triggers
                                      WHERE sched_name = 'avatar-monitor' AND trigger_name = m.name AND trigger_group = m.grp
                                      LIMIT 1) found
                  WHERE t.ctid = found.place
                )
                UPDATE qrtz_simple_triggers s
                SET repeat_count = m.repeats, times_triggered = m.times
                FROM moved m
                CROSS JOIN LATERAL (SELECT ctid AS place FROM qrtz_simple_triggers
                                    WHERE sched_name = 'avatar-monitor' AND trigger_name = m.name AND trigger_group = m.grp
                                    LIMIT 1) found
                WHERE s.ctid = found.place
                """)) {
            Columns.set(write, 1, "text", triggers, SimpleTriggerImpl::getName);
            Columns.set(write, 2, "text", triggers, SimpleTriggerImpl::getGroup);
            Columns.set(
                    write,
                    3,
                    "int8",
                    triggers,
                    t -> t.getNextFireTime().toInstant().toEpochMilli());
            Columns.set(
                    write,
                    4,
                    "int8",
                    triggers,
                    t -> t.getStartTime().toInstant().toEpochMilli());
            Columns.set(write, 5, "int8", triggers, t -> (long) t.getRepeatCount());
            Columns.set(write, 6, "int8", triggers, t -> (long) t.getTimesTriggered());
            Columns.set(write, 7, "int4", triggers, MovedPriority::of);
            write.executeUpdate();
        }
    }
}
