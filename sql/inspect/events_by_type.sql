-- What has happened in the last seven days, and when last?
SELECT type, count(*) AS events, max(at) AS last_at
FROM v_recent_events
GROUP BY type
ORDER BY events DESC, type;
