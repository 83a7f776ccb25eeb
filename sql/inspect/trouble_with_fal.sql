-- Failed checks of the last day by fal's status and error: number of checks, avatars and workers, last time, average duration.
SELECT c.fal_status, c.error, count(*) AS checks, count(DISTINCT c.avatar_id) AS avatars, count(DISTINCT c.worker) AS workers,
       max(c.at) AS last_at, CAST(round(avg(c.took_ms)) AS bigint) AS average_ms
FROM avatar_monitor_check c
WHERE c.error IS NOT NULL AND c.at > current_timestamp - INTERVAL '1' DAY
GROUP BY c.fal_status, c.error
ORDER BY checks DESC, last_at DESC
LIMIT 100;
