-- Asks for an avatar to be monitored: SELECT avatar_monitor_start(id) in the transaction that writes the row, in any language. About a second
-- after COMMIT a worker monitors it and has asked fal for the first time; after a ROLLBACK nothing happens. It never raises an error because
-- of the row, so that the application's transaction goes on; it returns
--
--   requested                                       a worker starts monitoring, unless the row cannot be monitored: then an event says why
--   refused: there is no such avatar
--   refused: its status is completed, not TRAINING  with the status of the row
--   refused: no id                                  the argument is NULL
--
-- It reads avatars with the rights of its caller. Names are those of the migration's search path, whatever the caller's is.
CREATE OR REPLACE FUNCTION avatar_monitor_start(avatar uuid)
  RETURNS text
  LANGUAGE plpgsql
  SET search_path FROM CURRENT
AS $body$
#variable_conflict use_column
DECLARE
  found_status text;
BEGIN
  SELECT left(a.status::varchar, 100) INTO found_status FROM avatars a WHERE a.id = $1;
  RETURN avatar_monitor_record_request(
    'start', $1,
    CASE WHEN $1 IS NULL THEN NULL
         WHEN NOT FOUND THEN 'there is no such avatar'
         WHEN upper(found_status COLLATE "C") IS DISTINCT FROM 'TRAINING'
         THEN 'its status is ' || coalesce(found_status, 'NULL') || ', not TRAINING' END);
END
$body$;

REVOKE ALL ON FUNCTION avatar_monitor_start(uuid) FROM PUBLIC;
