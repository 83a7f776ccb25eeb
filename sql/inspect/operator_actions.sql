-- Actions of operators in the last week (page, API, command), with actor and outcome, newest first.
SELECT at, avatar_id, detail, worker
FROM v_recent_events
WHERE type = 'operator_action'
LIMIT 200;
