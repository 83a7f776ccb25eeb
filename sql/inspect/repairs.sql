-- What was wrong with the schedule in the last week and was mended, which repairs do not last, and which workers were lost?
SELECT at, type, worker, avatar_id, detail
FROM v_recent_events
WHERE type IN ('repaired', 'repair_runaway', 'worker_lost', 'worker_stuck', 'database_back', 'clock_off', 'clock_right')
LIMIT 200;
