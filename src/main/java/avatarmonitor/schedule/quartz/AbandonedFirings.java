package avatarmonitor.schedule.quartz;

import avatarmonitor.store.sql.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.quartz.TriggerKey;

/**
 * Releases checks that started and will never finish because their worker died or stops. A trigger already has its next
 * time when its check starts, so without this its avatar would wait for up to twice the interval. The trigger becomes
 * due by the database's clock, for any worker to fire. Call it under Quartz's trigger lock.
 */
final class AbandonedFirings {
    private AbandonedFirings() {}

    /**
     * Releases all firings of one worker, before their rows are deleted, except for triggers that have fired again
     * since. The new due time cannot repeat a slot: it lies between the abandoned slot and the next one.
     *
     * @return number of released triggers
     */
    static int giveBack(Connection connection, String instanceId) throws SQLException {
        return Jdbc.update(connection, """
                UPDATE qrtz_triggers SET next_fire_time = CAST(EXTRACT(EPOCH FROM current_timestamp) * 1000 AS bigint)
                WHERE sched_name = 'avatar-monitor' AND trigger_group = 'avatar'
                  AND trigger_state = 'WAITING'
                  AND next_fire_time > EXTRACT(EPOCH FROM current_timestamp) * 1000
                  AND (trigger_name, prev_fire_time) IN (
                      SELECT trigger_name, sched_time FROM qrtz_fired_triggers
                      WHERE sched_name = 'avatar-monitor' AND trigger_group = 'avatar'
                        AND instance_name = ? AND state = 'EXECUTING')
                """, instanceId);
    }

    /**
     * Makes waiting checks due.
     *
     * @return how many were not due yet; the others are due, or a worker is about to fire them
     */
    static int makeDue(Connection connection, List<TriggerKey> keys) throws SQLException {
        Object names = connection.createArrayOf(
                "varchar", keys.stream().map(TriggerKey::getName).toArray(String[]::new));
        return Jdbc.update(connection, """
                UPDATE qrtz_triggers SET next_fire_time = CAST(EXTRACT(EPOCH FROM current_timestamp) * 1000 AS bigint)
                WHERE sched_name = 'avatar-monitor' AND trigger_group = 'avatar' AND trigger_name = ANY(?)
                  AND trigger_state = 'WAITING'
                  AND next_fire_time > EXTRACT(EPOCH FROM current_timestamp) * 1000
                """, names);
    }
}
