-- The triggers of avatar-monitor with times as timestamps.
CREATE OR REPLACE VIEW avatar_monitor_trigger AS
SELECT t.trigger_group,
       t.trigger_name,
       CASE WHEN t.trigger_group = 'avatar'
             AND regexp_like(t.trigger_name, '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$')
            THEN CAST(t.trigger_name AS uuid) END AS avatar_id,
       t.job_group,
       t.job_name,
       t.trigger_type,
       t.trigger_state,
       CASE WHEN t.next_fire_time > 0
            THEN dateadd(MILLISECOND, t.next_fire_time, TIMESTAMP WITH TIME ZONE '1970-01-01 00:00:00+00') END AS next_fire_at,
       CASE WHEN t.end_time > 0
            THEN dateadd(MILLISECOND, t.end_time, TIMESTAMP WITH TIME ZONE '1970-01-01 00:00:00+00') END AS end_at,
       t.priority
FROM qrtz_triggers t
WHERE t.sched_name = 'avatar-monitor';
