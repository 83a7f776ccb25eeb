-- What has happened lately that somebody may have to look at?
SELECT at, avatar_id, worker, type, detail
FROM v_recent_events
WHERE type IN ('failed', 'stalled', 'gave_up', 'invalid', 'repaired', 'fal_paused', 'worker_lost')
ORDER BY id DESC
FETCH FIRST 50 ROWS ONLY;
