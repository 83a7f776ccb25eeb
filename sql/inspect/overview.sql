-- Summary: one row per count.
SELECT 'watched' AS what, count(*) AS many FROM v_watched
UNION ALL SELECT 'watched, more than a minute late', count(*) FROM v_watched WHERE seconds_late > 60
UNION ALL SELECT 'unwatched', count(*) FROM v_unwatched WHERE state <> 'stalled'
UNION ALL SELECT 'stalled', count(*) FROM v_stalled
UNION ALL SELECT 'stuck triggers', count(*) FROM v_stuck_triggers
UNION ALL SELECT 'workers alive', count(*) FROM v_workers WHERE alive
UNION ALL SELECT 'workers gone', count(*) FROM v_workers WHERE NOT alive;
