-- Quartz's rows in readable form: every trigger with its job, its times, and the worker that fires it now.
SELECT t.trigger_group, t.trigger_name, t.job_group, t.job_name, t.trigger_type, t.trigger_state, t.next_fire_at, t.end_at,
       s.repeat_interval / 1000 AS repeat_seconds, s.times_triggered, f.instance_name AS fired_by, f.state AS fire_state
FROM avatar_monitor_trigger t
LEFT JOIN qrtz_simple_triggers s
       ON s.sched_name = 'avatar-monitor' AND s.trigger_group = t.trigger_group AND s.trigger_name = t.trigger_name
LEFT JOIN qrtz_fired_triggers f
       ON f.sched_name = 'avatar-monitor' AND f.trigger_group = t.trigger_group AND f.trigger_name = t.trigger_name
ORDER BY t.trigger_group DESC, t.next_fire_at, t.trigger_name;
