package avatarmonitor.schedule.quartz;

import avatarmonitor.store.sql.FreshPlan;
import avatarmonitor.store.sql.Jdbc;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.quartz.JobDetail;
import org.quartz.TriggerKey;
import org.quartz.impl.jdbcjobstore.DriverDelegate;
import org.quartz.impl.triggers.SimpleTriggerImpl;
import org.quartz.spi.OperableTrigger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Portable implementation: reads many rows by one statement and writes them in JDBC batches, all under the cluster
 * lock.
 */
final class JdbcTriggerRows implements TriggerRows {
    /** Maximum of triggers stored in one transaction, which holds the cluster lock. */
    static final int INSERT_BATCH = 200;

    private static final int MISFIRED_MAX = 500;

    /** Condition for one trigger. */
    private static final String KEY = "sched_name = 'avatar-monitor' AND trigger_name = ? AND trigger_group = ?";

    private static final Logger LOG = LoggerFactory.getLogger(JdbcTriggerRows.class);

    private final DriverDelegate delegate;

    JdbcTriggerRows(DriverDelegate delegate) {
        this.delegate = delegate;
    }

    @Override
    public int misfiredMax() {
        return MISFIRED_MAX;
    }

    @Override
    public List<SimpleTriggerRow> misfired(Connection connection, Instant before) throws SQLException {
        return misfired(connection, before, MISFIRED_MAX, "", """
                qrtz_simple_triggers s
                  ON s.sched_name = 'avatar-monitor'
                 AND s.trigger_name = t.trigger_name AND s.trigger_group = t.trigger_group""");
    }

    /**
     * The query for both databases.
     *
     * @param locking clause that locks rows of {@code qrtz_triggers}
     * @param otherHalf subquery for the row in {@code qrtz_simple_triggers}, joined as {@code s}
     */
    static List<SimpleTriggerRow> misfired(
            Connection connection, Instant before, int most, String locking, String otherHalf) throws SQLException {
        // Applies to the rest of this transaction, which also writes them.
        FreshPlan.byIndex(connection);
        return Jdbc.list(
                connection,
                """
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
                """.formatted(locking, otherHalf),
                row -> SimpleTriggerRow.read(row),
                before.toEpochMilli(),
                MisfirePolicy.DEFERRED_PRIORITY,
                before.minus(MisfirePolicy.DEFERRED_LATE_MAX).toEpochMilli(),
                most);
    }

    @Override
    public void reschedule(Connection connection, List<SimpleTriggerImpl> triggers) throws SQLException {
        Jdbc.batch(
                connection,
                "UPDATE qrtz_triggers SET next_fire_time = ?, start_time = ?, priority = ? WHERE " + KEY,
                triggers,
                trigger -> new Object[] {
                    trigger.getNextFireTime().toInstant().toEpochMilli(),
                    trigger.getStartTime().toInstant().toEpochMilli(),
                    MisfirePolicy.priorityAfterMisfire(trigger),
                    trigger.getName(),
                    trigger.getGroup()
                });
        Jdbc.batch(
                connection,
                "UPDATE qrtz_simple_triggers SET repeat_count = ?, times_triggered = ? WHERE " + KEY,
                triggers,
                trigger -> new Object[] {
                    trigger.getRepeatCount(), trigger.getTimesTriggered(), trigger.getName(), trigger.getGroup()
                });
    }

    @Override
    public void remove(Connection connection, List<SimpleTriggerImpl> triggers) throws SQLException {
        for (String table : List.of("qrtz_simple_triggers", "qrtz_triggers")) {
            Jdbc.batch(connection, "DELETE FROM " + table + " WHERE " + KEY, triggers, trigger ->
                    new Object[] {trigger.getName(), trigger.getGroup()});
        }
    }

    @Override
    public void insert(Connection connection, List<OperableTrigger> triggers, String state, JobDetail job)
            throws SQLException, IOException {
        for (OperableTrigger trigger : triggers) {
            delegate.insertTrigger(connection, trigger, state, job);
        }
    }

    @Override
    public int insertBatch(Connection connection, int done) {
        return INSERT_BATCH;
    }

    @Override
    public Set<TriggerKey> delete(Connection connection, List<TriggerKey> keys) {
        return Set.of();
    }

    @Override
    public void markError(Connection connection, List<TriggerKey> keys) throws SQLException {
        if (keys.isEmpty()) {
            return;
        }
        String sql = "UPDATE qrtz_triggers SET trigger_state = 'ERROR' WHERE " + KEY;
        Jdbc.batch(connection, sql, keys, key -> new Object[] {key.getName(), key.getGroup()});
        LOG.warn("triggers that cannot be read were set to ERROR count={} first={}", keys.size(), keys.get(0));
    }
}
