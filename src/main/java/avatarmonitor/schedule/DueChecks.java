package avatarmonitor.schedule;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.schedule.quartz.StoredTriggers;
import avatarmonitor.store.Database;
import avatarmonitor.store.sql.Columns;
import avatarmonitor.store.sql.Dialect;
import avatarmonitor.store.sql.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.quartz.JobPersistenceException;
import org.quartz.TriggerKey;

/** Checks that are due before their time because an operator asks for them. */
public final class DueChecks {
    private DueChecks() {}

    /** Makes the next checks of these avatars due, and returns those with a live trigger. */
    static Set<AvatarId> ask(Database database, StoredTriggers triggers, List<AvatarId> ids)
            throws JobPersistenceException {
        List<TriggerKey> keys = ids.stream().map(AvatarTriggers::key).toList();
        // Before the trigger is due: the check that it fires must see it. In a transaction of its own, so that a row
        // that a check is writing is never waited for under the trigger lock.
        database.inTransaction(connection -> askInBackoff(connection, database.dialect(), ids));
        return triggers.underTriggerLock(connection -> {
            Set<AvatarId> live = live(connection, ids);
            int unused = triggers.makeDue(connection, keys);
            return live;
        });
    }

    /** Returns those of these avatars that have a live trigger. */
    public static Set<AvatarId> live(Connection connection, Collection<AvatarId> ids) throws SQLException {
        return TriggerHealth.of(
                        connection, ids.stream().map(AvatarTriggers::key).toList())
                .values()
                .stream()
                .filter(health -> !health.broken())
                .map(health -> AvatarId.parse(health.key().getName()))
                .flatMap(Optional::stream)
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Returns the number of checks that are due and not fired yet.
     *
     * @param most counts no further
     */
    public static int waiting(Connection connection, int most) throws SQLException {
        String sql = """
                SELECT count(*) FROM (
                  SELECT 1 FROM qrtz_triggers
                  WHERE sched_name = 'avatar-monitor' AND trigger_state = 'WAITING' AND trigger_group = 'avatar'
                    AND next_fire_time <= EXTRACT(EPOCH FROM current_timestamp) * 1000
                  LIMIT ?) due""";
        return Jdbc.one(connection, sql, row -> row.getInt(1), most);
    }

    /** Skips rows that a check is writing at this moment: these avatars were checked just now. */
    private static int askInBackoff(Connection connection, Dialect dialect, List<AvatarId> ids) throws SQLException {
        String wanted = dialect == Dialect.POSTGRESQL
                ? "ARRAY(SELECT avatar_id FROM avatar_monitoring WHERE avatar_id = ANY(?) AND ended_at IS NULL"
                        + " FOR NO KEY UPDATE SKIP LOCKED)"
                : "?";
        return Jdbc.update(
                connection,
                "UPDATE avatar_monitoring SET check_asked_at = current_timestamp WHERE avatar_id = ANY(" + wanted + ")",
                Columns.of("uuid", ids, AvatarId::value));
    }
}
