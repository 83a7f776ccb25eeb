-- Every avatar with a live trigger. worker is the one that checks right now, or the one that checked last. seconds_late is by how much
-- the next check is overdue, or by how much longer than one interval ago fal last answered: whichever is more. A check that brought no
-- answer makes nothing less late. Where fal is to be asked less often than the trigger fires, it is late after next_request_by.
CREATE OR REPLACE VIEW v_watched AS
SELECT t.avatar_id,
       m.fal_request_id,
       m.last_fal_status AS fal_status,
       m.queue_position,
       t.state AS trigger_state,
       t.next_check_at,
       m.last_checked_at AS last_check_at,
       t.window_ends_at,
       greatest(t.seconds_late,
                coalesce(CAST(floor(least(EXTRACT(EPOCH FROM (current_timestamp - coalesce(
                           m.last_answered_at,
                           CASE WHEN m.failures_in_row = 0 THEN m.last_checked_at END,
                           m.watched_since))) - t.interval_ms / 1000.0,
                         EXTRACT(EPOCH FROM (current_timestamp - m.next_request_by)))) AS bigint), 0)) AS seconds_late,
       m.checks,
       m.failures_in_row,
       m.last_error,
       coalesce(t.worker, m.last_worker) AS worker,
       m.last_answered_at
FROM avatar_monitor_trigger_health t
LEFT JOIN avatar_monitoring m ON m.avatar_id = t.avatar_id
WHERE t.problem IS NULL AND t.avatar_id IS NOT NULL;
