-- As avatar_monitor_start, with settings of this training, each of which may be NULL or left out:
--
--   SELECT avatar_monitor_start_with(id, check_interval => '30 seconds', deadline => now() + INTERVAL '2 hours')
--
-- A setting that the training has already stays when it is left out. In addition to the results of avatar_monitor_start it returns, when a setting
-- is out of its bounds,
--
--   refused: the interval must be from 1s to 1h, in whole seconds
--   refused: the window must be from 1s to 7d, in whole seconds
--   refused: the deadline 2026-11-30 10:00:00+00 has passed; it must be later than now
--   refused: the deadline 2027-11-30 10:00:00+00 is too far ahead; it must be within 30d
--
-- It has a name of its own because an overload would make GRANT ... ON FUNCTION avatar_monitor_start ambiguous.
CREATE OR REPLACE FUNCTION avatar_monitor_start_with(
    avatar uuid,
    monitor_window interval DEFAULT NULL,
    check_interval interval DEFAULT NULL,
    deadline timestamptz DEFAULT NULL)
  RETURNS text
  LANGUAGE plpgsql
  SET search_path FROM CURRENT
AS $body$
#variable_conflict use_column
DECLARE
  found_status text;
BEGIN
  SELECT left(a.status::varchar, 100) INTO found_status FROM avatars a WHERE a.id = $1;
  RETURN avatar_monitor_record_settings(
    $1,
    CASE WHEN $1 IS NULL THEN NULL
         WHEN NOT FOUND THEN 'there is no such avatar'
         WHEN upper(found_status COLLATE "C") IS DISTINCT FROM 'TRAINING'
         THEN 'its status is ' || coalesce(found_status, 'NULL') || ', not TRAINING' END,
    $2, $3, $4);
END
$body$;

REVOKE ALL ON FUNCTION avatar_monitor_start_with(uuid, interval, interval, timestamptz) FROM PUBLIC;
