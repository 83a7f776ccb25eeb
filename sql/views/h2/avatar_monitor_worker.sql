-- The schedulers of avatar-monitor that have checked in.
CREATE OR REPLACE VIEW avatar_monitor_worker AS
SELECT instance_name,
       dateadd(MILLISECOND, last_checkin_time, TIMESTAMP WITH TIME ZONE '1970-01-01 00:00:00+00') AS last_check_in_at,
       checkin_interval / 1000.0 AS check_in_seconds
FROM qrtz_scheduler_state
WHERE sched_name = 'avatar-monitor';
