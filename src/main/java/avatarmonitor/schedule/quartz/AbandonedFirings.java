package avatarmonitor.schedule.quartz;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.quartz.TriggerKey;

/**
 * Checks that were begun and will never be finished, because their worker died or stops. A trigger has its next time already when its
 * check begins: without help its avatar would be left alone until then, for twice the interval. Here it becomes due, by the
 * database's clock, and whoever comes first fires it. Call it under Quartz's lock of all triggers.
 */
final class AbandonedFirings {
    private AbandonedFirings() {}

    /**
     * All of one worker, before its firings are deleted; but for those that somebody has begun again since. What becomes due has not
     * fired for that time: it lies between the one that was begun and the next one.
     *
     * @return how many
     */
    static int giveBack(Connection connection, String instanceId) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("""
                UPDATE qrtz_triggers SET next_fire_time = CAST(EXTRACT(EPOCH FROM current_timestamp) * 1000 AS bigint)
                WHERE sched_name = 'avatar-monitor' AND trigger_group = 'avatar'
                  AND trigger_state = 'WAITING'
                  AND next_fire_time > EXTRACT(EPOCH FROM current_timestamp) * 1000
                  AND (trigger_name, prev_fire_time) IN (
                      SELECT trigger_name, sched_time FROM qrtz_fired_triggers
                      WHERE sched_name = 'avatar-monitor' AND trigger_group = 'avatar'
                        AND instance_name = ? AND state = 'EXECUTING')
                """)) {
            update.setString(1, instanceId);
            return update.executeUpdate();
        }
    }

    /**
     * One whose check came to nothing.
     *
     * @return false when it is due anyway, or somebody is about to fire it
     */
    static boolean giveBack(Connection connection, TriggerKey key) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("""
                UPDATE qrtz_triggers SET next_fire_time = CAST(EXTRACT(EPOCH FROM current_timestamp) * 1000 AS bigint)
                WHERE sched_name = 'avatar-monitor' AND trigger_group = ? AND trigger_name = ?
                  AND trigger_state = 'WAITING'
                  AND next_fire_time > EXTRACT(EPOCH FROM current_timestamp) * 1000
                """)) {
            update.setString(1, key.getGroup());
            update.setString(2, key.getName());
            return update.executeUpdate() == 1;
        }
    }
}
