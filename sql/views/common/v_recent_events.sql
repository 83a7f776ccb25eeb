-- What happened in the last seven days, newest first.
CREATE OR REPLACE VIEW v_recent_events AS
SELECT id, at, avatar_id, fal_request_id, worker, type, detail
FROM avatar_event
WHERE at > current_timestamp - INTERVAL '7' DAY
ORDER BY id DESC;
