package avatarmonitor.schedule.quartz;

import avatarmonitor.schedule.quartz.thread.StopSignal;
import avatarmonitor.store.sql.Dialect;
import avatarmonitor.store.sql.FreshPlan;
import avatarmonitor.store.sql.Jdbc;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.quartz.Calendar;
import org.quartz.JobDataMap;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.JobPersistenceException;
import org.quartz.TriggerKey;
import org.quartz.impl.jdbcjobstore.PostgreSQLDelegate;
import org.quartz.spi.ClassLoadHelper;
import org.quartz.spi.OperableTrigger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Quartz's SQL for PostgreSQL, also valid for H2 in PostgreSQL mode, with time-based queries rewritten to use indexes.
 * Quartz sends times as NUMERIC, which turns the comparison with the BIGINT column into a sequential scan, and it
 * limits the rows in the driver instead of in the statement, which makes PostgreSQL sort all of them.
 *
 * <p>Nothing is deserialized: job data are properties, calendars are text ({@link CalendarText}), and triggers stored
 * as objects are rejected. A row that cannot be read, whatever the reason, causes an {@link IOException}: Quartz then
 * sets that trigger to ERROR, while any other exception would stop the thread.
 */
public final class IndexedDelegate extends PostgreSQLDelegate {
    /** Maximum size of job data of one trigger or job, in bytes. */
    static final int JOB_DATA_BYTES_MAX = 64 * 1024;

    /** First byte of a serialized Java object. */
    private static final byte SERIALIZED = (byte) 0xAC;

    /**
     * Jobs of these groups belong to this product and need no data: unreadable data is ignored, since it would stop all
     * checks.
     */
    private static final Set<String> WITHOUT_DATA = Set.of(TriggerGroups.CHECKS, TriggerGroups.MAINTENANCE);

    private static final Logger LOG = LoggerFactory.getLogger(IndexedDelegate.class);

    private final String acquired;

    /** @param checksToo whether Quartz acquires triggers of checks too; otherwise they are fired in batches */
    IndexedDelegate(boolean checksToo) {
        acquired = checksToo ? "true" : "trigger_group <> 'avatar'";
    }

    @Override
    public List<TriggerKey> selectTriggerToAcquire(
            Connection connection, long noLaterThan, long noEarlierThan, int maxCount) throws SQLException {
        FreshPlan.byIndex(connection);
        return Jdbc.list(
                connection,
                """
                SELECT trigger_name, trigger_group
                FROM qrtz_triggers
                WHERE sched_name = 'avatar-monitor' AND trigger_state = 'WAITING' AND next_fire_time <= ?
                  AND (next_fire_time >= ? OR misfire_instr = -1 OR priority >= ? AND trigger_group = 'avatar') AND %s
                ORDER BY next_fire_time, priority DESC
                LIMIT ?
                %s
                """.formatted(acquired, locked(connection)),
                rows -> new TriggerKey(rows.getString(1), rows.getString(2)),
                noLaterThan,
                noEarlierThan,
                MisfirePolicy.DEFERRED_PRIORITY,
                Math.max(1, maxCount));
    }

    /**
     * Lock clause of the search for due triggers. It skips rows that another worker is firing under row locks only:
     * batch firing fires checks so, and an earlier version also other triggers. After a wait for the lock, the state
     * and time that this statement had read would be outdated, and the same slot would fire twice. Only for PostgreSQL,
     * like batch firing.
     */
    private static String locked(Connection connection) throws SQLException {
        return Dialect.of(connection) == Dialect.POSTGRESQL ? "FOR NO KEY UPDATE SKIP LOCKED" : "";
    }

    /**
     * Quartz only asks whether there is any. Without an order PostgreSQL would expect an early match and read the whole
     * table.
     */
    @Override
    public int countMisfiredTriggersInState(Connection connection, String state, long before) throws SQLException {
        if (!state.equals("WAITING")) {
            throw new IllegalArgumentException("only triggers that wait can misfire, not " + state);
        }
        FreshPlan.byIndex(connection);
        return Jdbc.first(connection, """
                SELECT 1
                FROM qrtz_triggers
                WHERE sched_name = 'avatar-monitor' AND trigger_state = 'WAITING' AND next_fire_time < ? AND misfire_instr <> -1
                ORDER BY next_fire_time
                LIMIT 1
                """, rows -> 1, before).orElse(0);
    }

    /**
     * Locks the trigger before deleting its row in {@code qrtz_simple_triggers}: firing takes the locks in that order.
     */
    @Override
    public int deleteTrigger(Connection connection, TriggerKey key) throws SQLException {
        boolean unused = Jdbc.exists(connection, """
                SELECT 1 FROM qrtz_triggers
                WHERE sched_name = 'avatar-monitor' AND trigger_name = ? AND trigger_group = ?
                FOR UPDATE
                """, key.getName(), key.getGroup());
        return super.deleteTrigger(connection, key);
    }

    @Override
    public @Nullable OperableTrigger selectTrigger(Connection connection, TriggerKey key)
            throws SQLException, ClassNotFoundException, IOException, JobPersistenceException {
        try {
            OperableTrigger trigger = super.selectTrigger(connection, key);
            String calendar = trigger == null ? null : trigger.getCalendarName();
            if (calendar != null && selectCalendar(connection, calendar) == null) {
                throw new IOException("its calendar " + calendar + " does not exist");
            }
            return trigger;
        } catch (JobPersistenceException e) {
            MisfireRecovery.throwIfDatabaseFailed(e);
            throw unreadable("trigger", key, e);
        } catch (IOException | ClassNotFoundException | RuntimeException e) {
            throw unreadable("trigger", key, e);
        }
    }

    @Override
    public @Nullable JobDetail selectJobDetail(Connection connection, JobKey key, ClassLoadHelper classes)
            throws ClassNotFoundException, IOException, SQLException {
        try {
            return super.selectJobDetail(connection, key, classes);
        } catch (IOException | ClassNotFoundException | RuntimeException e) {
            throw unreadable("job", key, e);
        }
    }

    /** Runs the jobs of a dead worker again without unreadable data, so that its recovery does not fail for all. */
    @Override
    public JobDataMap selectTriggerJobDataMap(Connection connection, String name, String group)
            throws SQLException, ClassNotFoundException, IOException {
        try {
            return super.selectTriggerJobDataMap(connection, name, group);
        } catch (IOException | ClassNotFoundException | RuntimeException e) {
            IOException unused = unreadable("data of trigger", new TriggerKey(name, group), e);
            return new JobDataMap();
        }
    }

    /** Logs the problem; the exception sets the trigger, or all triggers of the job, to ERROR. */
    private static IOException unreadable(String what, Object key, Exception reason)
            throws StopSignal.StoppedException {
        if (reason instanceof StopSignal.StoppedException stopped) {
            throw stopped;
        }
        LOG.warn(
                "row cannot be read and is quarantined, all others go on: delete it or store it again {}={} problem={}",
                what.replace(' ', '_'),
                key,
                reason.toString());
        LOG.debug("row cannot be read", reason);
        return new IOException(what + " " + key + " cannot be read: " + reason.getMessage(), reason);
    }

    /** Never deserializes. Reads a calendar from its text; nothing else is stored in this way. */
    @Override
    protected @Nullable Object getObjectFromBlob(ResultSet row, String column) throws IOException, SQLException {
        if (!column.equals(COL_CALENDAR)) {
            // The row may not even have that column: Quartz reads it from the wrong table.
            throw new IOException("it is stored as a serialized Java object, which is never read");
        }
        byte[] bytes = row.getBytes(column);
        return bytes == null ? null : CalendarText.read(bytes);
    }

    @Override
    protected @Nullable InputStream getJobDataFromBlob(ResultSet row, String column) throws IOException, SQLException {
        byte[] bytes = row.getBytes(column);
        if (bytes == null || bytes.length == 0) {
            return null;
        }
        String problem = problem(bytes);
        if (problem == null) {
            return new ByteArrayInputStream(bytes);
        }
        if (WITHOUT_DATA.contains(groupOfJob(row))) {
            LOG.debug("job data that cannot be read are ignored problem={}", problem);
            return null;
        }
        throw new IOException(problem);
    }

    /** Returns why job data cannot be read; null when they can. */
    private static @Nullable String problem(byte[] bytes) throws IOException {
        if (bytes.length > JOB_DATA_BYTES_MAX) {
            return "job data of " + bytes.length + " bytes, at most " + JOB_DATA_BYTES_MAX + " are read";
        }
        if (bytes[0] == SERIALIZED) {
            return "job data are a serialized Java object, which is never read; they must be properties";
        }
        try {
            new Properties().load(new ByteArrayInputStream(bytes));
            return null;
        } catch (IllegalArgumentException e) {
            return "job data are no properties: " + e.getMessage();
        }
    }

    /** Returns the group of the job, a column of both tables; empty in a statement that reads the data only. */
    private static String groupOfJob(ResultSet row) throws SQLException {
        for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
            if (row.getMetaData().getColumnLabel(i).equalsIgnoreCase(COL_JOB_GROUP)) {
                return String.valueOf(row.getString(i));
            }
        }
        return "";
    }

    /** Never serializes, since it could not be read again. */
    @Override
    protected ByteArrayOutputStream serializeObject(Object object) throws IOException {
        if (object instanceof Calendar calendar) {
            return CalendarText.write(calendar);
        }
        throw new IOException(object.getClass().getName()
                + " cannot be stored: serialized Java objects are never read, use one of Quartz's own triggers");
    }
}
