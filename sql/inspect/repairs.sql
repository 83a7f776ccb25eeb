-- Repaired schedule faults of the last seven days, recurring faults, lost and stuck workers, outages and wrong clocks.
SELECT at, type, worker, avatar_id, detail
FROM v_recent_events
WHERE type IN ('repaired', 'repair_runaway', 'worker_lost', 'worker_stuck', 'database_back', 'clock_off', 'clock_right')
LIMIT 200;
