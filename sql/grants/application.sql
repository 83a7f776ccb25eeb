-- Privileges of the application's role to call avatar_monitor_start, avatar_monitor_start_with and avatar_monitor_stop. Run as a superuser or the owner of
-- the functions, once after the first migration, and again after an upgrade that brings new functions:
--
--   psql -v ON_ERROR_STOP=1 -v role=app -v schema=monitor -v app_schema=public -f sql/grants/application.sql DATABASE
--
-- schema: the schema of our tables. app_schema: the schema of the application's avatars, which the role reads with its own privileges. The role gets
-- no privilege on our tables. If the schema is not on its search path, it calls monitor.avatar_monitor_start(id).
SELECT set_config('avatar_monitor.role', :'role', false),
       set_config('avatar_monitor.schema', :'schema', false),
       set_config('avatar_monitor.app_schema', :'app_schema', false);

DO $grants$
DECLARE
  grantee text := current_setting('avatar_monitor.role');
  ours text := current_setting('avatar_monitor.schema');
  app text := current_setting('avatar_monitor.app_schema');
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA %I, %I TO %I', ours, app, grantee);
  EXECUTE format('GRANT EXECUTE ON FUNCTION %1$I.avatar_monitor_start(uuid), %1$I.avatar_monitor_stop(uuid),'
                 ' %1$I.avatar_monitor_start_with(uuid, interval, interval, timestamptz),'
                 ' %1$I.avatar_monitor_record_settings(uuid, text, interval, interval, timestamptz),'
                 ' %1$I.avatar_monitor_record_request(text, uuid, text) TO %2$I', ours, grantee);
END
$grants$;
