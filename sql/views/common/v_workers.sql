-- Every worker that is known, with what it says about itself. A worker that stops in order leaves the list; one that was killed stays
-- until another takes over. A check-in is stamped by the worker's own clock, which may be wrong by seconds. A refused key or a locked account is shown for as
-- long as the worker says so: only an answer ends that pause, and its time only says when fal is asked again. A worker that has not
-- written for a minute says nothing.
CREATE OR REPLACE VIEW v_workers AS
SELECT w.instance_name AS instance,
       w.last_check_in_at + coalesce(s.clock_behind_ms, 0) / 1000.0 * INTERVAL '1' SECOND AS last_check_in_at,
       w.last_check_in_at + coalesce(s.clock_behind_ms, 0) / 1000.0 * INTERVAL '1' SECOND
         > current_timestamp - 5 * w.check_in_seconds * INTERVAL '1' SECOND AS alive,
       (SELECT count(*)
        FROM qrtz_fired_triggers f
        WHERE f.sched_name = 'avatar-monitor' AND f.instance_name = w.instance_name
          AND f.trigger_group = 'avatar' AND f.state = 'EXECUTING') AS running_checks,
       w.check_in_seconds,
       s.started_at,
       s.version,
       s.http,
       s.checks_per_second,
       s.late_p50_ms,
       s.late_p95_ms,
       s.late_p99_ms,
       p.fal_paused_until,
       CAST(p.fal_pause_reason AS varchar) AS fal_pause_reason,
       p.fal_paused_since,
       p.fal_refused,
       s.clock_behind_ms,
       CASE WHEN s.at > current_timestamp - INTERVAL '1' MINUTE THEN s.requests_last_minute END AS requests_last_minute,
       CASE WHEN s.at > current_timestamp - INTERVAL '1' MINUTE THEN s.answered_last_minute END AS answered_last_minute,
       CASE WHEN s.at > current_timestamp - INTERVAL '1' MINUTE THEN s.fal_silent_since END AS fal_silent_since,
       CASE WHEN s.at > current_timestamp - INTERVAL '1' MINUTE THEN s.fal_last_failure END AS fal_last_failure,
       s.requests_per_second_max,
       s.interval_ms
FROM avatar_monitor_worker w
LEFT JOIN avatar_monitor_worker_status s ON s.instance = w.instance_name
LEFT JOIN avatar_monitor_worker_status p
       ON p.instance = w.instance_name
      AND (p.fal_paused_until > current_timestamp
        OR (p.fal_refused IN ('key', 'account') AND p.at > current_timestamp - INTERVAL '1' MINUTE));
