-- What the views of V5__views.sql need and what is written differently in each database.

-- The application's trainings. A function with its body as text, because PostgreSQL records no dependency on what such a
-- body uses: the application can still alter and drop the columns of its own table, which a view would forbid.
-- The path is the one of the migration, so that a person whose path is another sees the same table; a start time without
-- zone is UTC wherever that person sits. The body is not checked here: a column that is missing is reported by name
-- when avatar-monitor starts.
SET LOCAL check_function_bodies = off;
CREATE OR REPLACE FUNCTION avatar_monitor_trainings()
  RETURNS TABLE (avatar_id uuid, status text, training_type text, fal_request_id text, training_started_at timestamptz)
  LANGUAGE sql STABLE
  SET search_path FROM CURRENT
  SET TimeZone = 'UTC'
AS $body$
  SELECT id, status::text, training_type::text, fal_request_id::text, training_started_at::timestamptz
  FROM avatars
  WHERE upper(status::text) = 'TRAINING'
$body$;

CREATE OR REPLACE VIEW avatar_monitor_training AS
SELECT avatar_id, status, training_type, fal_request_id, training_started_at FROM avatar_monitor_trainings();

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
       CASE WHEN t.next_fire_time > 0 THEN to_timestamp(t.next_fire_time / 1000.0) END AS next_fire_at,
       CASE WHEN t.end_time > 0 THEN to_timestamp(t.end_time / 1000.0) END AS end_at
FROM qrtz_triggers t
WHERE t.sched_name = 'avatar-monitor';

CREATE OR REPLACE VIEW avatar_monitor_worker AS
SELECT instance_name, to_timestamp(last_checkin_time / 1000.0) AS last_check_in_at, checkin_interval / 1000.0 AS check_in_seconds
FROM qrtz_scheduler_state
WHERE sched_name = 'avatar-monitor';
