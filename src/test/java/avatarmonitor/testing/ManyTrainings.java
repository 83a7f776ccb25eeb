package avatarmonitor.testing;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.store.Database;
import java.util.Locale;
import java.util.UUID;

/** Fills every table of an empty PostgreSQL database like many monitored trainings; for {@link Statistics#fill}. */
public final class ManyTrainings {
    private ManyTrainings() {}

    /** Returns the avatar with this number, counted from 1. */
    public static AvatarId id(int number) {
        return new AvatarId(UUID.fromString("00000000-0000-7000-8000-" + String.format(Locale.ROOT, "%012d", number)));
    }

    /**
     * Inserts the trainings with these numbers: one trigger, event, outbox entry, waiting message, answer about an
     * earlier request and recorded check each.
     */
    public static void insert(Database database, int from, int to) {
        String numbers = " FROM generate_series(%d, %d) n".formatted(from, to);
        String id = "'00000000-0000-7000-8000-' || lpad(n::text, 12, '0')";
        Sql.run(
                database,
                "SET LOCAL session_replication_role = replica",
                "INSERT INTO avatars (id, name, training_type, status, fal_request_id, training_started_at) SELECT ("
                        + id + ")::uuid, 'Ada', 'STYLE', 'TRAINING', 'r-' || n, now() - INTERVAL '1' MINUTE" + numbers,
                "INSERT INTO avatar_monitoring (avatar_id, fal_request_id, watched_since, window_ends_at, last_checked_at,"
                        + " last_answered_at) SELECT (" + id
                        + ")::uuid, 'r-' || n, now(), now() + INTERVAL '1' HOUR, now(), now()" + numbers,
                "INSERT INTO qrtz_job_details SELECT 'avatar-monitor', 'status-check', 'avatar', null, 'c', true, false, false, false"
                        + " ON CONFLICT DO NOTHING",
                "INSERT INTO qrtz_triggers (sched_name, trigger_name, trigger_group, job_name, job_group, next_fire_time,"
                        + " prev_fire_time, priority, trigger_state, trigger_type, start_time, end_time, misfire_instr)"
                        + " SELECT 'avatar-monitor', " + id + ", 'avatar', 'status-check', 'avatar',"
                        + " (extract(epoch FROM now()) * 1000)::bigint + 30000, -1, 5, 'WAITING', 'SIMPLE', 1,"
                        + " (extract(epoch FROM now()) * 1000)::bigint + 3600000, 4" + numbers,
                "INSERT INTO qrtz_simple_triggers SELECT 'avatar-monitor', " + id + ", 'avatar', -1, 60000, 0"
                        + numbers,
                "INSERT INTO avatar_event (at, avatar_id, fal_request_id, worker, type, detail) SELECT now() - INTERVAL '40' DAY, ("
                        + id + ")::uuid, 'r-' || n, 'w', 'watching', '{}'" + numbers,
                "INSERT INTO avatar_monitor_outbox SELECT id FROM avatar_event ON CONFLICT DO NOTHING",
                "INSERT INTO avatar_monitor_delivery (channel, message_id, lane, body, state, created_at, attempts,"
                        + " next_attempt_at) SELECT 'callback', (" + id + ")::uuid, n::text, '{}', 'waiting', now(), 0,"
                        + " now() - INTERVAL '1' MINUTE" + numbers,
                "INSERT INTO avatar_monitor_answer (avatar_id, fal_request_id, at, worker, ending, fal_status) SELECT ("
                        + id + ")::uuid, 'old-' || n, now() - INTERVAL '40' DAY, 'w', 'failed', 'COMPLETED'" + numbers,
                "INSERT INTO avatar_monitor_check (at, avatar_id, worker, outcome, took_ms) SELECT now() - INTERVAL '40' DAY, ("
                        + id + ")::uuid, 'w', 'still_training', 5" + numbers);
    }
}
