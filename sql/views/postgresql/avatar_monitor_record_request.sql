-- Writes down what avatar_monitor_start or avatar_monitor_stop was called for, with its event, in the caller's transaction. It works with the
-- rights of its owner, so that an application needs none on our tables. Its search path is our schema alone: a temporary table of the caller is
-- found last and cannot take the place of one of ours. Nobody may call it who was not granted it (sql/grants/application.sql).
--
-- refused: why the caller already knows that nothing can be done; NULL when it may be. Returns what the caller returns.
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE OR REPLACE FUNCTION avatar_monitor_record_request(action text, avatar uuid, refused text)
  RETURNS text
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path FROM CURRENT
AS $body$
DECLARE
  reason text := left($3, 200);
  caller_address text := coalesce(host(inet_client_addr()), 'local');
BEGIN
  IF $1 IS NULL OR $1 NOT IN ('start', 'stop') THEN
    RAISE EXCEPTION 'action must be start or stop' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF $2 IS NULL THEN
    reason := 'no id';
  ELSIF reason IS NULL AND $1 = 'stop'
    AND NOT EXISTS (SELECT FROM avatar_monitoring m WHERE m.avatar_id = $2 AND m.outcome IS NULL)
    AND NOT EXISTS (SELECT FROM qrtz_triggers t
                    WHERE t.sched_name = 'avatar-monitor' AND t.trigger_group = 'avatar' AND t.trigger_name = $2::varchar)
    AND NOT EXISTS (SELECT FROM avatar_monitor_request r WHERE r.avatar_id = $2 AND r.action = 'start') THEN
    reason := 'it is not monitored';
  END IF;
  IF reason IS NULL THEN
    INSERT INTO avatar_monitor_request (action, avatar_id, actor, address, requested_at)
    VALUES ($1, $2, left(session_user, 200), caller_address, clock_timestamp());
    PERFORM pg_notify('avatar_monitor', 'requests');
  END IF;
  INSERT INTO avatar_event (at, avatar_id, worker, type, detail)
  VALUES (clock_timestamp(), $2, 'sql', 'operator_action',
          json_strip_nulls(json_build_object(
            'action', CASE $1 WHEN 'start' THEN 'monitor' ELSE 'unmonitor' END,
            'outcome', CASE WHEN reason IS NULL THEN 'requested' ELSE 'refused' END,
            'reason', reason,
            'actor', session_user,
            'channel', 'sql',
            'address', caller_address)));
  RETURN CASE WHEN reason IS NULL THEN 'requested' ELSE 'refused: ' || reason END;
END
$body$;

REVOKE ALL ON FUNCTION avatar_monitor_record_request(text, uuid, text) FROM PUBLIC;
