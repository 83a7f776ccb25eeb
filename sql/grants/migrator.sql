-- Privileges of the role that runs avatar-monitor migrate. Run before the first migration, as a superuser or the owner of the schemas:
--
--   psql -v ON_ERROR_STOP=1 -v role=avatar_migrator -v schema=monitor -v app_schema=public -f sql/grants/migrator.sql DATABASE
--
-- schema: where our tables are created, the first one in currentSchema of db.url. app_schema: the schema of the application's avatars.
-- Both may be the same. The role owns the objects that it creates. It reads the definition of avatars, not its rows.
SELECT set_config('avatar_monitor.role', :'role', false),
       set_config('avatar_monitor.schema', :'schema', false),
       set_config('avatar_monitor.app_schema', :'app_schema', false);

DO $grants$
DECLARE
  grantee text := current_setting('avatar_monitor.role');
BEGIN
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), grantee);
  EXECUTE format('GRANT USAGE, CREATE ON SCHEMA %I TO %I', current_setting('avatar_monitor.schema'), grantee);
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_setting('avatar_monitor.app_schema'), grantee);
END
$grants$;
