-- Monitored trainings with status and next check.
SELECT w.avatar_id, w.fal_status, w.queue_position, w.trigger_state, w.next_check_at, w.last_check_at, w.window_ends_at,
       w.checks, w.failures_in_row, w.last_error, w.worker
FROM v_watched w
ORDER BY w.next_check_at NULLS LAST, w.avatar_id;
