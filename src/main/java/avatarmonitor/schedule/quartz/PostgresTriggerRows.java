package avatarmonitor.schedule.quartz;

import avatarmonitor.store.sql.Columns;
import avatarmonitor.store.sql.FreshPlan;
import avatarmonitor.store.sql.Jdbc;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.quartz.JobDetail;
import org.quartz.TriggerKey;
import org.quartz.impl.triggers.SimpleTriggerImpl;
import org.quartz.spi.OperableTrigger;

/**
 * Set-based implementation: reads and writes many rows by one statement, and locks the rows it changes, since checks
 * are fired and deleted without the cluster lock. Writes the same rows as Quartz would one by one.
 */
final class PostgresTriggerRows implements TriggerRows {
    /** Maximum of triggers stored in one transaction once the statistics are right. */
    private static final int INSERT_BATCH_LATER = 1000;

    private static final int MISFIRED_MAX = 5000;

    private final JdbcTriggerRows portable;
    private final int misfiredMax;

    PostgresTriggerRows(JdbcTriggerRows portable) {
        this(portable, MISFIRED_MAX);
    }

    PostgresTriggerRows(JdbcTriggerRows portable, int misfiredMax) {
        this.portable = portable;
        this.misfiredMax = misfiredMax;
    }

    @Override
    public int misfiredMax() {
        return misfiredMax;
    }

    @Override
    public List<SimpleTriggerRow> misfired(Connection connection, Instant before) throws SQLException {
        return JdbcTriggerRows.misfired(connection, before, misfiredMax, "FOR NO KEY UPDATE SKIP LOCKED", """
                LATERAL (SELECT * FROM qrtz_simple_triggers s
                         WHERE s.sched_name = 'avatar-monitor'
                           AND s.trigger_name = t.trigger_name AND s.trigger_group = t.trigger_group
                         LIMIT 1) s ON true""");
    }

    @Override
    public void reschedule(Connection connection, List<SimpleTriggerImpl> triggers) throws SQLException {
        String sql = """
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
                """;
        Jdbc.update(
                connection,
                sql,
                Columns.of("text", triggers, SimpleTriggerImpl::getName),
                Columns.of("text", triggers, SimpleTriggerImpl::getGroup),
                Columns.of(
                        "int8", triggers, t -> t.getNextFireTime().toInstant().toEpochMilli()),
                Columns.of("int8", triggers, t -> t.getStartTime().toInstant().toEpochMilli()),
                Columns.of("int8", triggers, t -> (long) t.getRepeatCount()),
                Columns.of("int8", triggers, t -> (long) t.getTimesTriggered()),
                Columns.of("int4", triggers, MisfirePolicy::priorityAfterMisfire));
    }

    @Override
    public void remove(Connection connection, List<SimpleTriggerImpl> triggers) throws SQLException {
        portable.remove(connection, triggers);
    }

    @Override
    public void markError(Connection connection, List<TriggerKey> keys) throws SQLException {
        portable.markError(connection, keys);
    }

    /**
     * Runs ANALYZE after the first batch into empty tables. While PostgreSQL estimates the tables as empty, it checks
     * foreign keys by any index, so that each row takes longer to store than the one before.
     */
    @Override
    public int insertBatch(Connection connection, int done) throws SQLException {
        boolean empty = done <= JdbcTriggerRows.INSERT_BATCH && known(connection) < JdbcTriggerRows.INSERT_BATCH;
        if (empty && done == 0) {
            return JdbcTriggerRows.INSERT_BATCH;
        }
        if (empty) {
            try (Statement analyze = connection.createStatement()) {
                analyze.execute("ANALYZE qrtz_triggers");
                analyze.execute("ANALYZE qrtz_simple_triggers");
            }
        }
        return INSERT_BATCH_LATER;
    }

    /** Returns PostgreSQL's estimate of the number of triggers; negative when it has none. */
    private static float known(Connection connection) throws SQLException {
        return Jdbc.one(
                connection,
                "SELECT reltuples FROM pg_class WHERE oid = 'qrtz_triggers'::regclass",
                row -> row.getFloat(1));
    }

    @Override
    public void insert(Connection connection, List<OperableTrigger> triggers, String state, JobDetail job)
            throws SQLException, IOException {
        List<SimpleTriggerImpl> plain = new ArrayList<>();
        List<OperableTrigger> others = new ArrayList<>();
        for (OperableTrigger trigger : triggers) {
            if (trigger instanceof SimpleTriggerImpl simple && hasOnlyTimes(simple)) {
                plain.add(simple);
            } else {
                others.add(trigger);
            }
        }
        insertPlain(connection, plain, state);
        portable.insert(connection, others, state, job);
    }

    private static boolean hasOnlyTimes(SimpleTriggerImpl trigger) {
        return trigger.getJobDataMap().isEmpty()
                && trigger.getCalendarName() == null
                && trigger.getDescription() == null;
    }

    private static void insertPlain(Connection connection, List<SimpleTriggerImpl> triggers, String state)
            throws SQLException {
        String sql = """
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
                """;
        Jdbc.update(
                connection,
                sql,
                Columns.of("text", triggers, SimpleTriggerImpl::getName),
                Columns.of("text", triggers, SimpleTriggerImpl::getGroup),
                Columns.of("text", triggers, SimpleTriggerImpl::getJobName),
                Columns.of("text", triggers, SimpleTriggerImpl::getJobGroup),
                Columns.of("int8", triggers, t -> millis(t.getNextFireTime(), -1)),
                Columns.of("int8", triggers, t -> millis(t.getPreviousFireTime(), -1)),
                Columns.of("int4", triggers, SimpleTriggerImpl::getPriority),
                Columns.of("int8", triggers, t -> millis(t.getStartTime(), 0)),
                Columns.of("int8", triggers, t -> millis(t.getEndTime(), 0)),
                Columns.of("int2", triggers, SimpleTriggerImpl::getMisfireInstruction),
                Columns.of("int8", triggers, t -> (long) t.getRepeatCount()),
                Columns.of("int8", triggers, SimpleTriggerImpl::getRepeatInterval),
                Columns.of("int8", triggers, t -> (long) t.getTimesTriggered()),
                state);
    }

    /**
     * Deletes checks of durable jobs, which have no dependent rows. A trigger is locked before its row in {@code
     * qrtz_simple_triggers} is deleted, in the same order as in firing. Skips triggers that a worker has acquired by
     * Quartz's own code: it would store them again when it fires.
     */
    @Override
    public Set<TriggerKey> delete(Connection connection, List<TriggerKey> keys) throws SQLException {
        FreshPlan.byIndex(connection);
        List<Placed> locked = lock(
                connection,
                keys.stream().filter(TriggerGroups::isCheck).sorted().toList());
        // A separate statement, which sees the current version of the locked rows.
        String sql = """
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
                """;
        return new HashSet<>(Jdbc.list(
                connection,
                sql,
                row -> new TriggerKey(row.getString(1), row.getString(2)),
                Columns.of("text", locked, one -> one.key().getName()),
                Columns.of("text", locked, one -> one.key().getGroup()),
                Columns.of("tid", locked, Placed::place)));
    }

    private record Placed(TriggerKey key, String place) {}

    /** Locks in the order of the keys. */
    private static List<Placed> lock(Connection connection, List<TriggerKey> keys) throws SQLException {
        String sql = """
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
                """;
        return Jdbc.list(
                connection,
                sql,
                row -> new Placed(new TriggerKey(row.getString(1), row.getString(2)), row.getString(3)),
                Columns.of("text", keys, TriggerKey::getName),
                Columns.of("text", keys, TriggerKey::getGroup));
    }

    private static long millis(@Nullable Date date, long none) {
        return date == null ? none : date.toInstant().toEpochMilli();
    }
}
