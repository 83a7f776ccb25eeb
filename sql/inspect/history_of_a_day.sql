-- Every change of state and every failed check of the last day, the newest first. For one avatar: AND c.avatar_id = '...'.
SELECT c.at, c.avatar_id, c.outcome, c.fal_status, c.queue_position, c.progress, c.took_ms, c.error, c.worker
FROM avatar_monitor_check c
WHERE c.at > current_timestamp - INTERVAL '1' DAY
ORDER BY c.id DESC
LIMIT 1000;
