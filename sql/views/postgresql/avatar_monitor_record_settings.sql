-- Writes down what avatar_monitor_start_with was called for: as avatar_monitor_record_request, with the settings. It works with the rights of its
-- owner, as that does.
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE OR REPLACE FUNCTION avatar_monitor_record_settings(
    avatar uuid, refused text, monitor_window interval, check_interval interval, deadline timestamptz)
  RETURNS text
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path FROM CURRENT
AS $body$
DECLARE
  reason text := $2;
  result text;
BEGIN
  -- Bounds as in check.decision.Overrides. What depends on the configuration is judged by the worker.
  IF reason IS NULL AND $1 IS NOT NULL THEN
    reason := CASE
      WHEN NOT ($4 BETWEEN INTERVAL '1 second' AND INTERVAL '1 hour' AND extract(epoch FROM $4) % 1 = 0)
        THEN 'the interval must be from 1s to 1h, in whole seconds'
      WHEN NOT ($3 BETWEEN INTERVAL '1 second' AND INTERVAL '7 days' AND extract(epoch FROM $3) % 1 = 0)
        THEN 'the window must be from 1s to 7d, in whole seconds'
      WHEN $5 <= clock_timestamp() THEN 'the deadline ' || $5 || ' has passed; it must be later than now'
      WHEN $5 > clock_timestamp() + INTERVAL '30 days' THEN 'the deadline ' || $5 || ' is too far ahead; it must be within 30d' END;
  END IF;
  result := avatar_monitor_record_request('start', $1, reason);
  IF result = 'requested' THEN
    -- The row that this transaction has just inserted: no other transaction sees it yet.
    UPDATE avatar_monitor_request r
    SET window_seconds = extract(epoch FROM $3), interval_seconds = extract(epoch FROM $4), deadline = date_trunc('second', $5)
    WHERE r.id = currval(pg_get_serial_sequence('avatar_monitor_request', 'id'));
  END IF;
  RETURN result;
END
$body$;

REVOKE ALL ON FUNCTION avatar_monitor_record_settings(uuid, text, interval, interval, timestamptz) FROM PUBLIC;
