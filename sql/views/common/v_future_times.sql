-- Times that lie in the future although they say when something happened, or say for when something is planned that is never planned so
-- far ahead: a clock was wrong when they were written. One line for each table; triggers are in v_stuck_triggers.
CREATE OR REPLACE VIEW v_future_times AS
SELECT 'avatar_monitor_scan' AS place, count(*) AS times, max(at) AS latest
FROM avatar_monitor_scan
WHERE at > current_timestamp + INTERVAL '10' SECOND
HAVING count(*) > 0
UNION ALL
SELECT 'avatar_monitor_reconcile', count(*), max(at)
FROM avatar_monitor_reconcile
WHERE at > current_timestamp + INTERVAL '10' SECOND
HAVING count(*) > 0
UNION ALL
SELECT 'avatar_monitor_alert', count(*), max(greatest(began_at, last_at, seen_at, due_at))
FROM avatar_monitor_alert
WHERE greatest(began_at, last_at, seen_at) > current_timestamp + INTERVAL '10' SECOND
HAVING count(*) > 0
UNION ALL
SELECT 'avatar_monitor_delivery', count(*), max(greatest(created_at, next_attempt_at, coalesce(claimed_until, created_at)))
FROM avatar_monitor_delivery
WHERE state = 'waiting'
  AND (created_at > current_timestamp + INTERVAL '10' SECOND
    OR next_attempt_at > current_timestamp + INTERVAL '6' MINUTE
    OR claimed_until > current_timestamp + INTERVAL '10' MINUTE)
HAVING count(*) > 0;
