-- Who did what in the last week, by page, API or command, and what did it come to? The newest first.
SELECT at, avatar_id, detail, worker
FROM v_recent_events
WHERE type = 'operator_action'
LIMIT 200;
