-- The triggers of avatar-monitor with times as timestamps. The id of the avatar is not read by a pattern with a repeated group: every list
-- asks it of each trigger several times, and that took seconds at 100,000 triggers.
CREATE OR REPLACE VIEW avatar_monitor_trigger AS
SELECT t.trigger_group,
       t.trigger_name,
       CASE WHEN t.trigger_group = 'avatar'
             AND t.trigger_name LIKE '________-____-____-____-____________'
             AND translate(t.trigger_name, '0123456789abcdefABCDEF', '') = '----'
            THEN CAST(t.trigger_name AS uuid) END AS avatar_id,
       t.job_group,
       t.job_name,
       t.trigger_type,
       t.trigger_state,
       CASE WHEN t.next_fire_time > 0 THEN to_timestamp(t.next_fire_time / 1000.0) END AS next_fire_at,
       CASE WHEN t.end_time > 0 THEN to_timestamp(t.end_time / 1000.0) END AS end_at,
       t.priority
FROM qrtz_triggers t
WHERE t.sched_name = 'avatar-monitor';
