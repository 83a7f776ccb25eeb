-- Every avatar that is still TRAINING although it was given up as too old (outcome stalled), or at its own deadline (timed_out).
CREATE OR REPLACE VIEW v_stalled AS
SELECT a.avatar_id,
       a.fal_request_id,
       a.training_type,
       a.training_started_at,
       m.ended_at AS stalled_at,
       m.rounds,
       m.checks,
       m.last_checked_at AS last_check_at,
       m.last_fal_status AS fal_status,
       m.last_error,
       m.outcome,
       m.deadline
FROM avatar_monitor_training a
JOIN avatar_monitoring m ON m.avatar_id = a.avatar_id
WHERE m.outcome IN ('stalled', 'timed_out') AND m.fal_request_id IS NOT DISTINCT FROM a.fal_request_id;
