package avatarmonitor.schedule.quartz;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Date;
import org.jspecify.annotations.Nullable;
import org.quartz.JobKey;
import org.quartz.SchedulerException;
import org.quartz.TriggerKey;

/**
 * A row of {@code qrtz_triggers} joined with its row in {@code qrtz_simple_triggers}, as read by bulk queries.
 *
 * @param key the trigger
 * @param simple the trigger as Quartz reads it, without data; null when it is not a simple one, has a calendar, or
 *     cannot be read
 * @param broken whether it can never fire: its second row is missing, or its values form no valid schedule
 */
public record SimpleTriggerRow(TriggerKey key, @Nullable TriggerWithRowId simple, boolean broken) {

    /**
     * Reads the columns of both tables by their own names, and {@code simple_name}, which is NULL when the second row
     * is missing.
     */
    public static SimpleTriggerRow read(ResultSet row) throws SQLException {
        TriggerKey key = new TriggerKey(row.getString("trigger_name"), row.getString("trigger_group"));
        if (!"SIMPLE".equals(row.getString("trigger_type")) || row.getString("calendar_name") != null) {
            return new SimpleTriggerRow(key, null, false);
        }
        if (row.getString("simple_name") == null) {
            return new SimpleTriggerRow(key, null, true);
        }
        TriggerWithRowId trigger = new TriggerWithRowId();
        try {
            trigger.setKey(key);
            trigger.setJobKey(new JobKey(row.getString("job_name"), row.getString("job_group")));
            trigger.setStartTime(date(row.getLong("start_time")));
            trigger.setEndTime(dateOrNull(row.getLong("end_time")));
            trigger.setRepeatCount(Math.toIntExact(row.getLong("repeat_count")));
            trigger.setRepeatInterval(row.getLong("repeat_interval"));
            trigger.setTimesTriggered(Math.toIntExact(row.getLong("times_triggered")));
            trigger.setNextFireTime(date(row.getLong("next_fire_time")));
            trigger.setPreviousFireTime(dateOrNull(row.getLong("prev_fire_time")));
            trigger.setPriority(row.getInt("priority"));
            trigger.setMisfireInstruction(row.getInt("misfire_instr"));
            trigger.validate();
        } catch (IllegalArgumentException | ArithmeticException | SchedulerException e) {
            return new SimpleTriggerRow(key, null, true);
        }
        return new SimpleTriggerRow(key, trigger, false);
    }

    private static @Nullable Date dateOrNull(long millis) {
        return millis > 0 ? date(millis) : null;
    }

    private static Date date(long millis) {
        return Date.from(Instant.ofEpochMilli(millis));
    }
}
