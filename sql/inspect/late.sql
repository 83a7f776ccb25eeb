-- Which checks are overdue, latest first? All of them at once means that no worker fires.
SELECT avatar_id, trigger_state, seconds_late, next_check_at, worker
FROM v_watched
WHERE seconds_late > 60
ORDER BY seconds_late DESC, avatar_id;
