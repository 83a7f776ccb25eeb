package avatarmonitor.schedule;

import avatarmonitor.store.FreshPlan;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.quartz.TriggerKey;
import org.quartz.impl.triggers.SimpleTriggerImpl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Triggers whose time has passed by more than the misfire limit, a batch at a time. Each moves to the slot that its own misfire
 * policy names, as Quartz would move it; but the batch is read by one statement and written by a few, where Quartz
 * needs eight for each trigger, all of them under the lock of the whole cluster.
 */
class OverdueTriggers {
    /** Triggers that are moved in one transaction, which holds the lock of the cluster. */
    static final int BATCH = 500;

    /** How late a trigger that was moved may fire. Beyond that nobody was there to fire it, and all at once would be too many. */
    static final Duration PASSED_OVER_AT_MOST_LATE = Duration.ofMinutes(10);

    private static final Logger LOG = LoggerFactory.getLogger(OverdueTriggers.class);

    private final Connection connection;
    private final int batch;

    OverdueTriggers(Connection connection) {
        this(connection, BATCH);
    }

    /** @param batch most that are read at a time */
    OverdueTriggers(Connection connection, int batch) {
        this.connection = connection;
        this.batch = batch;
    }

    /** How the rows that are read are kept from others; by the lock of the cluster alone unless told otherwise. */
    String locking() {
        return "";
    }

    int batch() {
        return batch;
    }

    /**
     * The oldest ones, at most a batch.
     *
     * @param millis what was due before is overdue, and what was passed over before when it is due for {@link #PASSED_OVER_AT_MOST_LATE}
     */
    List<SimpleTriggerRow> before(long millis) throws SQLException {
        // For the rest of this transaction, which also writes them.
        FreshPlan.byIndex(connection);
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT t.trigger_name, t.trigger_group, t.job_name, t.job_group, t.trigger_type, t.calendar_name,
                       t.next_fire_time, t.prev_fire_time, t.priority, t.start_time, t.end_time, t.misfire_instr,
                       s.trigger_name AS simple_name, s.repeat_count, s.repeat_interval, s.times_triggered
                FROM (SELECT *
                      FROM qrtz_triggers
                      WHERE sched_name = 'avatar-monitor' AND trigger_state = 'WAITING'
                        AND next_fire_time < ? AND misfire_instr <> -1
                        AND (priority < ? OR next_fire_time < ? OR trigger_group <> 'avatar')
                      ORDER BY next_fire_time, priority DESC
                      LIMIT ? %s) t
                LEFT JOIN %s
                """.formatted(locking(), otherHalf()))) {
            select.setLong(1, millis);
            select.setInt(2, MovedPriority.PASSED_OVER);
            select.setLong(3, millis - PASSED_OVER_AT_MOST_LATE.toMillis());
            select.setInt(4, batch);
            List<SimpleTriggerRow> overdue = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    overdue.add(SimpleTriggerRow.read(row));
                }
            }
            return overdue;
        }
    }

    private String otherHalf() throws SQLException {
        return FreshPlan.isPostgres(connection) ? """
                LATERAL (SELECT * FROM qrtz_simple_triggers s
                         WHERE s.sched_name = 'avatar-monitor'
                           AND s.trigger_name = t.trigger_name AND s.trigger_group = t.trigger_group
                         LIMIT 1) s ON true""" : """
                qrtz_simple_triggers s
                  ON s.sched_name = 'avatar-monitor'
                 AND s.trigger_name = t.trigger_name AND s.trigger_group = t.trigger_group""";
    }

    /** Writes the new times of triggers that go on. */
    void move(List<SimpleTriggerImpl> triggers) throws SQLException {
        try (PreparedStatement times = connection.prepareStatement("""
                        UPDATE qrtz_triggers SET next_fire_time = ?, start_time = ?, priority = ?
                        WHERE sched_name = 'avatar-monitor' AND trigger_name = ? AND trigger_group = ?
                        """);
                PreparedStatement counts = connection.prepareStatement("""
                        UPDATE qrtz_simple_triggers SET repeat_count = ?, times_triggered = ?
                        WHERE sched_name = 'avatar-monitor' AND trigger_name = ? AND trigger_group = ?
                        """)) {
            for (SimpleTriggerImpl trigger : triggers) {
                times.setLong(1, trigger.getNextFireTime().toInstant().toEpochMilli());
                times.setLong(2, trigger.getStartTime().toInstant().toEpochMilli());
                times.setInt(3, MovedPriority.of(trigger));
                addFor(times, 4, trigger.getKey());
                counts.setInt(1, trigger.getRepeatCount());
                counts.setInt(2, trigger.getTimesTriggered());
                addFor(counts, 3, trigger.getKey());
            }
            times.executeBatch();
            counts.executeBatch();
        }
    }

    /** Removes simple triggers that will not fire again; Quartz would leave them behind as COMPLETE for ever. */
    void remove(List<SimpleTriggerImpl> triggers) throws SQLException {
        try (PreparedStatement half = connection.prepareStatement("""
                        DELETE FROM qrtz_simple_triggers
                        WHERE sched_name = 'avatar-monitor' AND trigger_name = ? AND trigger_group = ?
                        """);
                PreparedStatement whole = connection.prepareStatement("""
                        DELETE FROM qrtz_triggers
                        WHERE sched_name = 'avatar-monitor' AND trigger_name = ? AND trigger_group = ?
                        """)) {
            for (SimpleTriggerImpl trigger : triggers) {
                addFor(half, 1, trigger.getKey());
                addFor(whole, 1, trigger.getKey());
            }
            half.executeBatch();
            whole.executeBatch();
        }
    }

    /** Sets aside triggers that can never fire, so that they do not come first in every batch. */
    void markBroken(List<TriggerKey> keys) throws SQLException {
        if (keys.isEmpty()) {
            return;
        }
        try (PreparedStatement update = connection.prepareStatement("""
                UPDATE qrtz_triggers SET trigger_state = 'ERROR'
                WHERE sched_name = 'avatar-monitor' AND trigger_name = ? AND trigger_group = ?
                """)) {
            for (TriggerKey key : keys) {
                addFor(update, 1, key);
            }
            update.executeBatch();
        }
        LOG.warn("triggers that cannot be read were set to ERROR count={} first={}", keys.size(), keys.get(0));
    }

    private static void addFor(PreparedStatement statement, int first, TriggerKey key) throws SQLException {
        statement.setString(first, key.getName());
        statement.setString(first + 1, key.getGroup());
        statement.addBatch();
    }
}
