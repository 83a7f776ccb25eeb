package avatarmonitor.schedule.batch;

import avatarmonitor.schedule.quartz.MisfirePolicy;
import avatarmonitor.schedule.quartz.SimpleTriggerRow;
import avatarmonitor.schedule.quartz.TriggerWithRowId;
import avatarmonitor.store.sql.Columns;
import avatarmonitor.store.sql.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.quartz.impl.triggers.SimpleTriggerImpl;

/**
 * Acquires and fires due triggers of checks in batches on PostgreSQL, without the cluster lock: each row is locked
 * while its next time is written, and rows locked by another worker are skipped (SKIP LOCKED). A worker that fires a
 * trigger finds it WAITING and due under its row lock, so no slot fires twice. Runs in the caller's transaction.
 *
 * <p>The plans must hold for any number of triggers and any table statistics (see {@link
 * avatarmonitor.store.sql.FreshPlan}): conditions that only verify what the lock already ensures are written so that no
 * index matches them, and rows are found again by their ctid.
 */
final class DueTriggers {
    private final Connection connection;

    DueTriggers(Connection connection) {
        this.connection = connection;
    }

    /**
     * A due trigger whose row is locked.
     *
     * @param ctid {@code ctid} of its row in {@code qrtz_triggers}
     * @param simpleTriggerCtid {@code ctid} of its row in {@code qrtz_simple_triggers}; null when that is missing
     */
    record Due(SimpleTriggerRow row, String ctid, @Nullable String simpleTriggerCtid) {}

    /**
     * Locks the oldest due triggers.
     *
     * @param now upper limit of the due time
     * @param notBefore older ones are left to misfire recovery
     * @param from older ones are not even searched: while any snapshot is kept open, each search would read past
     *     everything that has fired since
     */
    List<Due> lock(long now, long notBefore, long from, int limit) throws SQLException {
        return Jdbc.list(
                connection,
                """
                SELECT t.place, t.trigger_name, t.trigger_group, t.job_name, t.job_group, t.trigger_type, t.calendar_name,
                       t.next_fire_time, t.prev_fire_time, t.priority, t.start_time, t.end_time, t.misfire_instr,
                       s.ctid AS other_place, s.trigger_name AS simple_name, s.repeat_count, s.repeat_interval, s.times_triggered
                FROM (SELECT ctid AS place, *
                      FROM qrtz_triggers
                      WHERE sched_name = 'avatar-monitor' AND trigger_state = 'WAITING' AND next_fire_time <= ? AND next_fire_time >= ?
                        AND trigger_group = 'avatar'
                        AND (next_fire_time >= ? OR misfire_instr = -1 OR priority >= ?)
                      ORDER BY next_fire_time
                      LIMIT ?
                      FOR NO KEY UPDATE SKIP LOCKED) t
                LEFT JOIN LATERAL (SELECT ctid, * FROM qrtz_simple_triggers s
                                   WHERE s.sched_name = 'avatar-monitor'
                                     AND s.trigger_name = t.trigger_name AND s.trigger_group = t.trigger_group
                                   LIMIT 1) s ON true
                """,
                row -> new Due(SimpleTriggerRow.read(row), row.getString("place"), row.getString("other_place")),
                now,
                from,
                notBefore,
                MisfirePolicy.DEFERRED_PRIORITY,
                limit);
    }

    /**
     * Returns when the next trigger after {@code now} is due, in milliseconds; {@link Long#MAX_VALUE} when there is
     * none.
     */
    long next(long now) throws SQLException {
        return Jdbc.first(connection, """
                SELECT next_fire_time
                FROM qrtz_triggers
                WHERE sched_name = 'avatar-monitor' AND trigger_state = 'WAITING' AND next_fire_time > ?
                  AND trigger_group = 'avatar'
                ORDER BY next_fire_time
                LIMIT 1
                """, row -> row.getLong(1), now).orElse(Long.MAX_VALUE);
    }

    /**
     * A locked trigger that fires.
     *
     * @param after the trigger's state after firing
     * @param entry id of the firing
     */
    record Firing(Due due, TriggerWithRowId before, SimpleTriggerImpl after, String entry) {}

    /**
     * Writes the next time of each trigger and inserts its firing, in one statement. A trigger that will not fire again
     * stays COMPLETE until its firing ends, as in Quartz.
     *
     * @param worker instance id
     * @param at fire time, in milliseconds
     * @return ctids of the rows of the firings, by their ids
     */
    Map<String, String> fire(List<Firing> toFire, String worker, long at) throws SQLException {
        // Neighbours by name share index pages.
        List<Firing> firings = toFire.stream()
                .sorted(Comparator.comparing(firing -> firing.before().getName()))
                .toList();
        String sql = """
                WITH firing AS (
                  SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?)
                    AS f (place, other_place, name, grp, entry, due, next, priority, times)
                ), moved AS (
                  UPDATE qrtz_triggers t
                  SET next_fire_time = f.next, prev_fire_time = f.due, priority = f.priority,
                      trigger_state = CASE WHEN f.next < 0 THEN 'COMPLETE' ELSE 'WAITING' END
                  FROM firing f
                  WHERE t.ctid = f.place AND t.sched_name || '' = 'avatar-monitor'
                    AND t.trigger_name || '' = f.name AND t.trigger_group || '' = f.grp
                    AND t.trigger_state || '' = 'WAITING' AND t.next_fire_time + 0 = f.due
                  RETURNING f.entry, f.due, t.trigger_name, t.trigger_group, t.priority, t.job_name, t.job_group
                ), counted AS (
                  UPDATE qrtz_simple_triggers s
                  SET times_triggered = f.times
                  FROM firing f
                  WHERE s.ctid = f.other_place AND s.sched_name || '' = 'avatar-monitor'
                    AND s.trigger_name || '' = f.name AND s.trigger_group || '' = f.grp
                  RETURNING f.entry
                )
                INSERT INTO qrtz_fired_triggers (sched_name, entry_id, trigger_name, trigger_group, instance_name, fired_time,
                    sched_time, priority, state, job_name, job_group, is_nonconcurrent, requests_recovery)
                SELECT 'avatar-monitor', entry, trigger_name, trigger_group, ?, ?, due, priority, 'EXECUTING', job_name,
                    job_group, false, false
                FROM moved
                RETURNING entry_id, ctid AS place, entry_id IN (SELECT entry FROM counted) AS counted
                """;
        Map<String, String> places = new HashMap<>();
        Set<String> uncounted = new HashSet<>();
        Jdbc.forEach(
                connection,
                sql,
                row -> {
                    places.put(row.getString("entry_id"), row.getString("place"));
                    if (!row.getBoolean("counted")) {
                        uncounted.add(row.getString("entry_id"));
                    }
                },
                Columns.of("tid", firings, firing -> firing.due().ctid()),
                Columns.of("tid", firings, firing -> firing.due().simpleTriggerCtid()),
                Columns.of("text", firings, firing -> firing.before().getName()),
                Columns.of("text", firings, firing -> firing.before().getGroup()),
                Columns.of("text", firings, Firing::entry),
                Columns.of("int8", firings, firing -> millis(firing.before().getNextFireTime())),
                Columns.of("int8", firings, firing -> millis(firing.after().getNextFireTime())),
                Columns.of("int4", firings, firing -> firing.after().getPriority()),
                Columns.of("int4", firings, firing -> firing.after().getTimesTriggered()),
                worker,
                at);
        if (places.size() != firings.size()) {
            throw new IllegalStateException(
                    "locked triggers changed: fired " + places.size() + " of " + firings.size());
        }
        count(firings.stream()
                .filter(firing -> uncounted.contains(firing.entry()))
                .toList());
        return places;
    }

    /**
     * Increments the fire count of triggers whose row in {@code qrtz_simple_triggers} was not at its ctid: while {@link
     * #lock} ran, another worker fired an earlier slot, so the statement locked the new row and saw the old other row.
     */
    private void count(List<Firing> firings) throws SQLException {
        String sql = """
                UPDATE qrtz_simple_triggers SET times_triggered = times_triggered + 1
                WHERE sched_name = 'avatar-monitor' AND trigger_name = ? AND trigger_group = ?
                """;
        int unused = Jdbc.batch(connection, sql, firings, firing ->
                new Object[] {firing.before().getName(), firing.before().getGroup()});
    }

    /** Returns the time in Quartz's representation. */
    private static long millis(@Nullable Date date) {
        return date == null ? -1 : date.toInstant().toEpochMilli();
    }

    /**
     * Returns the ctids of those firings that were written, by their ids, although the outcome of their transaction is
     * unknown. While that transaction is running, it holds the locks that this waits for.
     */
    Map<String, String> fired(List<Firing> firings) throws SQLException {
        List<Firing> inOrder = firings.stream()
                .sorted(Comparator.comparing((Firing firing) -> firing.before().getKey()))
                .toList();
        String lock = """
                SELECT count(*)
                FROM unnest(?, ?) AS f (name, grp)
                CROSS JOIN LATERAL (SELECT 1 FROM qrtz_triggers t
                                    WHERE t.sched_name = 'avatar-monitor' AND t.trigger_name = f.name AND t.trigger_group = f.grp
                                    LIMIT 1
                                    FOR NO KEY UPDATE) locked
                """;
        boolean unused = Jdbc.exists(
                connection,
                lock,
                Columns.of("text", inOrder, firing -> firing.before().getName()),
                Columns.of("text", inOrder, firing -> firing.before().getGroup()));
        String select = """
                SELECT entry AS entry_id, place
                FROM unnest(?) AS f (entry)
                CROSS JOIN LATERAL (SELECT ctid AS place FROM qrtz_fired_triggers
                                    WHERE sched_name = 'avatar-monitor' AND entry_id = f.entry
                                    LIMIT 1) found
                """;
        Map<String, String> places = new HashMap<>();
        Jdbc.forEach(
                connection,
                select,
                row -> places.put(row.getString("entry_id"), row.getString("place")),
                Columns.of("text", firings, Firing::entry));
        return places;
    }
}
