-- Privileges of a read-only role: all views and every file in sql/inspect. Run as a superuser or the owner of the tables, after each
-- migration and after a view was dropped and created again:
--
--   psql -v ON_ERROR_STOP=1 -v role=avatar_reader -v schema=monitor -v app_schema=public -f sql/grants/reader.sql DATABASE
--
-- schema: the schema of our tables. app_schema: the schema of the application's avatars. The function that the views use reads avatars
-- with the privileges of the caller.
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
  EXECUTE format('GRANT SELECT ON %I.avatars TO %I', app, grantee);
  FOR found IN
    SELECT c.relname
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ours AND c.relkind IN ('r', 'p', 'v')
      AND (c.relname ~ '^(avatar_monitor|qrtz_)'
        OR c.relname IN ('avatar_event', 'v_watched', 'v_unwatched', 'v_stalled', 'v_stuck_triggers', 'v_workers', 'v_recent_events',
                          'v_future_times'))
  LOOP
    EXECUTE format('GRANT SELECT ON %I.%I TO %I', ours, found.relname, grantee);
  END LOOP;
  EXECUTE format('GRANT EXECUTE ON FUNCTION %I.avatar_monitor_training_rows() TO %I', ours, grantee);
END
$grants$;
