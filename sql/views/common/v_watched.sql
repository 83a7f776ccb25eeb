-- Every avatar with a live trigger. worker is the one that checks right now, or the one that checked last.
CREATE OR REPLACE VIEW v_watched AS
SELECT t.avatar_id,
       m.fal_request_id,
       m.last_fal_status AS fal_status,
       m.queue_position,
       t.state AS trigger_state,
       t.next_check_at,
       m.last_checked_at AS last_check_at,
       t.window_ends_at,
       t.seconds_late,
       m.checks,
       m.failures_in_row,
       m.last_error,
       coalesce(t.worker, m.last_worker) AS worker
FROM avatar_monitor_trigger_health t
LEFT JOIN avatar_monitoring m ON m.avatar_id = t.avatar_id
WHERE t.problem IS NULL AND t.avatar_id IS NOT NULL;
