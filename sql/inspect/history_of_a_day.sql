-- History of checks of the last day: changes of state and failed checks, newest first. For one avatar add: AND c.avatar_id = '...'.
SELECT c.at, c.avatar_id, c.outcome, c.fal_status, c.queue_position, c.progress, c.took_ms, c.error, c.worker
FROM avatar_monitor_check c
WHERE c.at > current_timestamp - INTERVAL '1' DAY
ORDER BY c.id DESC
LIMIT 1000;
