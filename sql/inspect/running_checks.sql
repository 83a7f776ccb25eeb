-- Checks that are running now, by worker, with their duration so far.
SELECT f.instance_name AS worker, f.trigger_group, f.trigger_name, f.state AS fire_state, w.fal_status, w.checks,
       CAST(floor(EXTRACT(EPOCH FROM current_timestamp) - f.fired_time / 1000.0) AS bigint) AS seconds_since_fired
FROM qrtz_fired_triggers f
LEFT JOIN v_watched w ON f.trigger_group = 'avatar' AND CAST(w.avatar_id AS varchar) = f.trigger_name
WHERE f.sched_name = 'avatar-monitor'
ORDER BY f.instance_name, f.fired_time;
