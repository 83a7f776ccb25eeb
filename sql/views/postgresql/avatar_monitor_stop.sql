-- Asks for an avatar to be monitored no more: the counterpart of avatar_monitor_start. The row of avatars is not changed; while it stays in
-- TRAINING the next reconcile monitors it again. Returns
--
--   requested                     a worker stops monitoring about a second after COMMIT
--   refused: it is not monitored
--   refused: no id                the argument is NULL
CREATE OR REPLACE FUNCTION avatar_monitor_stop(avatar uuid)
  RETURNS text
  LANGUAGE plpgsql
  SET search_path FROM CURRENT
AS $body$
BEGIN
  RETURN avatar_monitor_record_request('stop', $1, NULL);
END
$body$;

REVOKE ALL ON FUNCTION avatar_monitor_stop(uuid) FROM PUBLIC;
