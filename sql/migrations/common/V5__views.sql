-- The views for people and scripts. Their columns are a contract: new ones come last, none changes or goes.
-- A change is a new migration and never a repeatable one: an older worker of a rolling deployment would put its own views back.

-- Every trigger and what is wrong with it; problem is NULL while it is alive. A trigger that has just fired for the last time
-- is COMPLETE while its check still runs: that is seen by its row in qrtz_fired_triggers. Two minutes are far longer than any
-- step of Quartz takes and than a dead worker's triggers stay unnoticed by the others.
CREATE OR REPLACE VIEW avatar_monitor_trigger_health AS
SELECT t.trigger_group,
       t.trigger_name,
       t.avatar_id,
       CASE WHEN f.executing > 0 THEN 'checking'
            WHEN t.trigger_state = 'WAITING' THEN 'waiting'
            WHEN t.trigger_state = 'ACQUIRED' THEN 'about to check'
            WHEN t.trigger_state = 'COMPLETE' THEN 'finished'
            WHEN t.trigger_state = 'PAUSED_BLOCKED' THEN 'paused'
            ELSE lower(t.trigger_state) END AS state,
       CASE WHEN t.trigger_state = 'ERROR'
            THEN 'in state ERROR, Quartz never fires it again'
            WHEN s.trigger_name IS NULL AND (t.trigger_group = 'avatar' OR t.trigger_type = 'SIMPLE')
            THEN 'its row in qrtz_simple_triggers is missing'
            WHEN f.trigger_name IS NULL AND t.trigger_state = 'COMPLETE'
            THEN 'finished but not removed'
            WHEN f.trigger_name IS NULL AND t.trigger_state IN ('ACQUIRED', 'BLOCKED')
             AND t.next_fire_at < current_timestamp - INTERVAL '2' MINUTE
             -- A trigger of a job that runs one at a time waits as BLOCKED while another trigger of that job runs.
             AND NOT (t.trigger_state = 'BLOCKED' AND t.trigger_group <> 'avatar' AND EXISTS (
                   SELECT 1 FROM qrtz_fired_triggers other
                   WHERE other.sched_name = 'avatar-monitor'
                     AND other.job_name = t.job_name AND other.job_group = t.job_group))
            THEN 'left in state ' || t.trigger_state || ' by a worker that is gone'
            WHEN f.trigger_name IS NULL AND t.end_at < current_timestamp - INTERVAL '2' MINUTE
            THEN 'its window has ended but it was not removed' END AS problem,
       t.trigger_state IN ('PAUSED', 'PAUSED_BLOCKED') AS paused,
       t.next_fire_at AS next_check_at,
       t.end_at AS window_ends_at,
       CASE WHEN t.next_fire_at < current_timestamp
            THEN CAST(floor(EXTRACT(EPOCH FROM (current_timestamp - t.next_fire_at))) AS bigint)
            ELSE 0 END AS seconds_late,
       f.worker
FROM avatar_monitor_trigger t
LEFT JOIN qrtz_simple_triggers s
       ON s.sched_name = 'avatar-monitor' AND s.trigger_group = t.trigger_group AND s.trigger_name = t.trigger_name
LEFT JOIN (SELECT trigger_group, trigger_name, max(instance_name) AS worker,
                  count(*) FILTER (WHERE state = 'EXECUTING') AS executing
           FROM qrtz_fired_triggers
           WHERE sched_name = 'avatar-monitor'
           GROUP BY trigger_group, trigger_name) f
       ON f.trigger_group = t.trigger_group AND f.trigger_name = t.trigger_name;

-- Every avatar with a live trigger. worker is the one that checks right now, or the one that checked last.
CREATE OR REPLACE VIEW v_watched AS
SELECT t.avatar_id,
       m.fal_request_id,
       m.last_fal_status AS fal_status,
       m.queue_position,
       t.state AS trigger_state,
       t.next_check_at,
       m.last_checked_at AS last_check_at,
       t.window_ends_at,
       t.seconds_late,
       m.checks,
       m.failures_in_row,
       m.last_error,
       coalesce(t.worker, m.last_worker) AS worker
FROM avatar_monitor_trigger_health t
LEFT JOIN avatar_monitoring m ON m.avatar_id = t.avatar_id
WHERE t.problem IS NULL AND t.avatar_id IS NOT NULL;

-- Every avatar in TRAINING without a live trigger, and why. The first reason that holds is given.
CREATE OR REPLACE VIEW v_unwatched AS
SELECT a.avatar_id,
       CASE WHEN a.fal_request_id IS NULL OR trim(a.fal_request_id) = ''
            THEN 'no fal_request_id'
            WHEN NOT regexp_like(a.fal_request_id, '^[A-Za-z0-9-]{1,64}$')
            THEN 'fal_request_id is not one that fal gives'
            WHEN a.training_type IS NULL OR upper(a.training_type) NOT IN ('PORTRAIT', 'STYLE')
            THEN 'unknown training_type'
            WHEN a.training_started_at IS NULL
            THEN 'no training_started_at'
            WHEN a.training_started_at > current_timestamp
            THEN 'training_started_at lies in the future'
            WHEN t.problem IS NOT NULL
            THEN 'trigger broken: ' || t.problem
            WHEN m.outcome IS NOT NULL AND m.fal_request_id = a.fal_request_id
            THEN 'watch ended: ' || replace(m.outcome, '_', ' ')
            ELSE 'no trigger' END AS why,
       a.fal_request_id,
       a.training_type,
       a.training_started_at,
       CAST(floor(EXTRACT(EPOCH FROM (current_timestamp - a.training_started_at))) AS bigint) AS seconds_since_start,
       m.outcome AS last_outcome,
       m.ended_at AS last_watch_ended_at,
       m.last_error
FROM avatar_monitor_training a
LEFT JOIN avatar_monitor_trigger_health t ON t.avatar_id = a.avatar_id
LEFT JOIN avatar_monitoring m ON m.avatar_id = a.avatar_id
WHERE t.avatar_id IS NULL OR t.problem IS NOT NULL;

-- Every avatar that is still TRAINING although it was given up as too old.
CREATE OR REPLACE VIEW v_stalled AS
SELECT a.avatar_id,
       a.fal_request_id,
       a.training_type,
       a.training_started_at,
       m.ended_at AS stalled_at,
       m.rounds,
       m.checks,
       m.last_checked_at AS last_check_at,
       m.last_fal_status AS fal_status,
       m.last_error
FROM avatar_monitor_training a
JOIN avatar_monitoring m ON m.avatar_id = a.avatar_id
WHERE m.outcome = 'stalled' AND m.fal_request_id IS NOT DISTINCT FROM a.fal_request_id;

-- Every trigger that will not fire by itself, and every paused group; of checks and of maintenance.
CREATE OR REPLACE VIEW v_stuck_triggers AS
SELECT t.trigger_group,
       t.trigger_name,
       t.avatar_id,
       t.state AS trigger_state,
       coalesce(t.problem, 'paused') AS problem,
       t.next_check_at,
       t.window_ends_at,
       t.worker
FROM avatar_monitor_trigger_health t
WHERE t.problem IS NOT NULL OR t.paused
UNION ALL
SELECT g.trigger_group, NULL, NULL, 'paused', 'the whole group is paused, new triggers too', NULL, NULL, NULL
FROM qrtz_paused_trigger_grps g
WHERE g.sched_name = 'avatar-monitor';

-- Every worker that is known. A worker that stops in order leaves the list; one that was killed stays until another takes over.
CREATE OR REPLACE VIEW v_workers AS
SELECT w.instance_name AS instance,
       w.last_check_in_at,
       w.last_check_in_at > current_timestamp - 5 * w.check_in_seconds * INTERVAL '1' SECOND AS alive,
       (SELECT count(*)
        FROM qrtz_fired_triggers f
        WHERE f.sched_name = 'avatar-monitor' AND f.instance_name = w.instance_name
          AND f.trigger_group = 'avatar' AND f.state = 'EXECUTING') AS running_checks,
       w.check_in_seconds
FROM avatar_monitor_worker w;

-- What happened in the last seven days, newest first.
CREATE OR REPLACE VIEW v_recent_events AS
SELECT id, at, avatar_id, fal_request_id, worker, type, detail
FROM avatar_event
WHERE at > current_timestamp - INTERVAL '7' DAY
ORDER BY id DESC;
