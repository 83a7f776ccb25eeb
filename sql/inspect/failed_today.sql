-- Trainings that failed, gave up, stalled, timed out or were invalid in the last 24 hours, with the reason.
SELECT e.at, e.type, e.avatar_id, e.fal_request_id, e.detail, e.worker
FROM avatar_event e
WHERE e.type IN ('failed', 'gave_up', 'stalled', 'timed_out', 'invalid')
  AND e.at > current_timestamp - INTERVAL '24' HOUR
ORDER BY e.at DESC, e.id DESC;
