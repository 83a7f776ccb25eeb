-- Privileges of the workers' role if another role migrates. Run as a superuser or the owner of the tables, after each migration:
--
--   psql -v ON_ERROR_STOP=1 -v role=avatar_worker -v schema=monitor -v app_schema=public -f sql/grants/worker.sql DATABASE
--
-- schema: the schema of our tables. app_schema: the schema of the application's avatars. Instead of UPDATE on avatars you may grant UPDATE
-- on each column that a worker writes (README.md); avatar-monitor doctor names missing grants.
SELECT set_config('avatar_monitor.role', :'role', false),
       set_config('avatar_monitor.schema', :'schema', false),
       set_config('avatar_monitor.app_schema', :'app_schema', false);

DO $grants$
DECLARE
  grantee text := current_setting('avatar_monitor.role');
  ours text := current_setting('avatar_monitor.schema');
  app text := current_setting('avatar_monitor.app_schema');
  found record;
BEGIN
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), grantee);
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', ours, grantee);
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', app, grantee);
  EXECUTE format('GRANT SELECT, UPDATE ON %I.avatars TO %I', app, grantee);
  FOR found IN
    SELECT c.relname, c.relkind = 'v' OR c.relname IN ('avatar_monitor_schema_history', 'avatar_monitor_views') AS read_only
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ours AND c.relkind IN ('r', 'p', 'v')
      AND (c.relname ~ '^(avatar_monitor|qrtz_)'
        OR c.relname IN ('avatar_event', 'v_watched', 'v_unwatched', 'v_stalled', 'v_stuck_triggers', 'v_workers', 'v_recent_events',
                          'v_future_times'))
  LOOP
    EXECUTE format('GRANT %s ON %I.%I TO %I',
                   CASE WHEN found.read_only THEN 'SELECT' ELSE 'SELECT, INSERT, UPDATE, DELETE' END, ours, found.relname, grantee);
  END LOOP;
  FOR found IN
    SELECT p.oid::regprocedure AS name FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = ours AND p.proname ~ '^avatar_monitor_'
  LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', found.name, grantee);
  END LOOP;
END
$grants$;
