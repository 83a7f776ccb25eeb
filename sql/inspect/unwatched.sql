-- Avatars in TRAINING without a live trigger, with the reason. The next scan or reconcile run schedules those that can be monitored. Stalled
-- trainings, which are no longer checked: stalled.sql.
SELECT u.avatar_id, u.why, u.training_type, u.fal_request_id, u.training_started_at, u.last_watch_ended_at, u.last_error
FROM v_unwatched u
WHERE u.state <> 'stalled'
ORDER BY u.training_started_at DESC NULLS LAST, u.avatar_id;
