-- Every trigger and what is wrong with it, in words and as one word for programs (kind); both are NULL while it is alive. A trigger is
-- acquired, fired and released in one transaction with its row in qrtz_fired_triggers, so that one without the other is a fault at once.
-- A trigger that has just fired for the last time is COMPLETE while its check still runs: that is seen by its row in
-- qrtz_fired_triggers. No trigger of ours waits for longer than its interval. Only for a window that has ended workers need a moment.
CREATE OR REPLACE VIEW avatar_monitor_trigger_health AS
SELECT trigger_group,
       trigger_name,
       avatar_id,
       state,
       CASE kind WHEN 'error' THEN 'in state ' || trigger_state || ', Quartz never fires it again'
                 WHEN 'half' THEN 'its row in qrtz_simple_triggers is missing'
                 WHEN 'finished' THEN 'finished but not removed'
                 WHEN 'orphaned' THEN 'left in state ' || trigger_state || ' by a worker that is gone'
                 WHEN 'timeless' THEN 'it has no next time to fire'
                 WHEN 'future' THEN 'its next time is further ahead than its interval: a clock was wrong'
                 WHEN 'expired' THEN 'its window has ended but it was not removed' END AS problem,
       paused,
       next_check_at,
       window_ends_at,
       seconds_late,
       worker,
       kind,
       interval_ms
FROM (
  SELECT t.trigger_group,
         t.trigger_name,
         t.avatar_id,
         t.trigger_state,
         CASE WHEN f.executing > 0 THEN 'checking'
              WHEN t.trigger_state = 'WAITING' THEN 'waiting'
              WHEN t.trigger_state = 'ACQUIRED' THEN 'about to check'
              WHEN t.trigger_state = 'COMPLETE' THEN 'finished'
              WHEN t.trigger_state = 'PAUSED_BLOCKED' THEN 'paused'
              ELSE translate(t.trigger_state, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz') END AS state,
         CASE WHEN t.trigger_state NOT IN ('WAITING', 'ACQUIRED', 'BLOCKED', 'COMPLETE', 'PAUSED', 'PAUSED_BLOCKED')
              THEN 'error'
              WHEN s.trigger_name IS NULL AND (t.trigger_group = 'avatar' OR t.trigger_type = 'SIMPLE')
              THEN 'half'
              WHEN f.trigger_name IS NULL AND t.trigger_state = 'COMPLETE'
              THEN 'finished'
              WHEN f.trigger_name IS NULL AND t.trigger_state IN ('ACQUIRED', 'BLOCKED')
               -- A trigger of a job that runs one at a time waits as BLOCKED while another trigger of that job runs.
               AND NOT (t.trigger_state = 'BLOCKED' AND t.trigger_group <> 'avatar' AND EXISTS (
                     SELECT 1 FROM qrtz_fired_triggers other
                     WHERE other.sched_name = 'avatar-monitor'
                       AND other.job_name = t.job_name AND other.job_group = t.job_group))
              THEN 'orphaned'
              WHEN t.trigger_state = 'WAITING' AND t.next_fire_at IS NULL
              THEN 'timeless'
              -- One that does not repeat, the retry, stands for a run that is wanted before the next hourly one.
              WHEN t.trigger_state = 'WAITING' AND t.trigger_group IN ('avatar', 'maintenance')
               AND t.next_fire_at > current_timestamp + INTERVAL '10' SECOND
                     + least(CASE WHEN s.repeat_interval > 0 THEN s.repeat_interval
                                  ELSE coalesce((SELECT h.repeat_interval FROM qrtz_simple_triggers h
                                                 WHERE h.sched_name = 'avatar-monitor' AND h.trigger_group = 'maintenance'
                                                   AND h.trigger_name = 'hourly'), 3600000) END,
                             8640000000) / 1000.0 * INTERVAL '1' SECOND
              THEN 'future'
              WHEN f.trigger_name IS NULL AND t.end_at < current_timestamp - INTERVAL '2' MINUTE
               -- Priority 6: it misfired within its window. Under overload it keeps its turn for up to ten minutes.
               AND NOT (t.trigger_state = 'WAITING' AND t.priority = 6
                        AND t.next_fire_at > current_timestamp - INTERVAL '11' MINUTE)
              THEN 'expired' END AS kind,
         t.trigger_state IN ('PAUSED', 'PAUSED_BLOCKED') AS paused,
         t.next_fire_at AS next_check_at,
         t.end_at AS window_ends_at,
         CASE WHEN t.next_fire_at < current_timestamp
              THEN CAST(floor(EXTRACT(EPOCH FROM (current_timestamp - t.next_fire_at))) AS bigint)
              ELSE 0 END AS seconds_late,
         f.worker,
         s.repeat_interval AS interval_ms
  FROM avatar_monitor_trigger t
  LEFT JOIN qrtz_simple_triggers s
         ON s.sched_name = 'avatar-monitor' AND s.trigger_group = t.trigger_group AND s.trigger_name = t.trigger_name
  LEFT JOIN (SELECT trigger_group, trigger_name, max(instance_name) AS worker,
                    count(*) FILTER (WHERE state = 'EXECUTING') AS executing
             FROM qrtz_fired_triggers
             WHERE sched_name = 'avatar-monitor'
             GROUP BY trigger_group, trigger_name) f
         ON f.trigger_group = t.trigger_group AND f.trigger_name = t.trigger_name
) judged;
