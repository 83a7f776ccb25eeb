-- Which watched avatars get no answer from fal, worst first?
SELECT avatar_id, fal_request_id, failures_in_row, last_error, last_check_at, next_check_at, worker
FROM v_watched
WHERE failures_in_row > 0
ORDER BY failures_in_row DESC, avatar_id;
