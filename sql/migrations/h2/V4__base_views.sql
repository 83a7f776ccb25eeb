-- What the views of V5__views.sql need and what is written differently in each database.

CREATE OR REPLACE VIEW avatar_monitor_training AS
SELECT id AS avatar_id,
       CAST(status AS varchar) AS status,
       CAST(training_type AS varchar) AS training_type,
       CAST(fal_request_id AS varchar) AS fal_request_id,
       CAST(training_started_at AS timestamp with time zone) AS training_started_at
FROM avatars
WHERE upper(CAST(status AS varchar)) = 'TRAINING';

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
            THEN dateadd(MILLISECOND, t.end_time, TIMESTAMP WITH TIME ZONE '1970-01-01 00:00:00+00') END AS end_at
FROM qrtz_triggers t
WHERE t.sched_name = 'avatar-monitor';

CREATE OR REPLACE VIEW avatar_monitor_worker AS
SELECT instance_name,
       dateadd(MILLISECOND, last_checkin_time, TIMESTAMP WITH TIME ZONE '1970-01-01 00:00:00+00') AS last_check_in_at,
       checkin_interval / 1000.0 AS check_in_seconds
FROM qrtz_scheduler_state
WHERE sched_name = 'avatar-monitor';
