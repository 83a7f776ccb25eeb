-- Events of schedule and repair in the last day, by hour: monitoring started, restored or given up, expired windows, stalled and
-- timed out trainings, repairs, lost workers, failed reconcile runs.
SELECT date_trunc('hour', e.at) AS from_hour, e.type, count(*) AS events, count(DISTINCT e.avatar_id) AS avatars
FROM avatar_event e
WHERE e.type IN ('watching', 'restored', 'window_expired', 'stalled', 'timed_out', 'gave_up', 'invalid', 'superseded', 'repaired',
                 'repair_runaway', 'reconcile_failed', 'worker_lost')
  AND e.at > current_timestamp - INTERVAL '1' DAY
GROUP BY date_trunc('hour', e.at), e.type
ORDER BY from_hour DESC, e.type;
