-- The application's trainings. A function with its body as text, because PostgreSQL records no dependency on what such a body uses:
-- the application can still alter and drop the columns of its own table, which a view would forbid.
-- The search path is the one of the migration, so that a person whose path is another sees the same table; a start time without
-- zone is UTC wherever that person sits. Where row level security would hide rows from the one who looks, it fails instead: fewer
-- trainings than there are would look like health. The body is not checked when the function is created: a column that is missing is
-- reported by name when avatar-monitor starts. CREATE OR REPLACE cannot change the columns that a function returns.
--
-- Texts are read up to 100 characters (an end point 300), as by the program: none that is longer is valid, and a list of megabytes would fit into no memory.
--
-- The status is compared by ASCII letters alone, whatever the collation of the column and of the database: in Turkish the upper case
-- of training is not TRAINING.
--
-- fal_endpoint is a column that the application may have or not: inside the subquery the name means the column of avatars, and where there
-- is none, the NULL around it.
CREATE OR REPLACE FUNCTION avatar_monitor_training_rows()
  RETURNS TABLE (avatar_id uuid, status text, training_type text, fal_request_id text, training_started_at timestamptz, fal_endpoint text)
  LANGUAGE sql STABLE
  SET search_path FROM CURRENT
  SET TimeZone = 'UTC'
  SET row_security = off
AS $body$
  SELECT training.*
  FROM (SELECT NULL::varchar AS fal_endpoint) absent
  CROSS JOIN LATERAL (
    SELECT id, left(status::varchar, 100), left(training_type::varchar, 100), left(fal_request_id::varchar, 100), training_started_at::timestamptz,
           left(fal_endpoint::varchar, 300)
    FROM avatars
    WHERE upper(status::varchar COLLATE "C") = 'TRAINING'
  ) training
$body$;
