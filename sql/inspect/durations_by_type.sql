-- Duration of trainings that ended in the last seven days, by type and outcome: from the start in avatars to the final event.
-- If training_started_at has no time zone, workers read it as UTC: execute SET TIME ZONE 'UTC' first.
SELECT translate(CAST(a.training_type AS varchar), 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') AS training_type,
       e.type AS outcome,
       count(*) AS trainings,
       CAST(round(avg(EXTRACT(EPOCH FROM (e.at - CAST(a.training_started_at AS timestamp with time zone))))) AS bigint)
         AS average_seconds,
       CAST(round(percentile_cont(0.95) WITHIN GROUP (
         ORDER BY EXTRACT(EPOCH FROM (e.at - CAST(a.training_started_at AS timestamp with time zone))))) AS bigint)
         AS seconds_of_95_percent
FROM avatar_event e
JOIN avatars a ON a.id = e.avatar_id AND a.fal_request_id = e.fal_request_id
WHERE e.type IN ('completed', 'failed', 'cancelled')
  AND e.at > current_timestamp - INTERVAL '7' DAY
  -- Excludes infinite start times, for which no duration can be computed.
  AND CAST(a.training_started_at AS timestamp with time zone) BETWEEN e.at - INTERVAL '100' DAY AND e.at
GROUP BY translate(CAST(a.training_type AS varchar), 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'), e.type
ORDER BY training_type, outcome;
