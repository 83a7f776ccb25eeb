-- Trainings without an answer of fal, or with an overdue check, for ten seconds more than planned; the most overdue first. From one
-- minute on they count as late. Many rows: too few workers, or fal.requests-per-second is too low. All monitored avatars: no worker runs.
SELECT w.avatar_id, w.seconds_late, w.next_check_at, w.trigger_state, w.last_check_at, w.worker
FROM v_watched w
WHERE w.seconds_late > 10
ORDER BY w.seconds_late DESC, w.avatar_id;
