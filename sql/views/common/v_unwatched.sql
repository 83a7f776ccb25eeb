-- Every avatar in TRAINING without a live trigger, and why. The first reason that holds is given. state says who must act: of an
-- unmonitored one the workers, of an invalid one the application, of a stalled one an operator.
CREATE OR REPLACE VIEW v_unwatched AS
SELECT a.avatar_id,
       CASE WHEN a.invalid IS NOT NULL
            THEN a.invalid
            WHEN t.problem IS NOT NULL
            THEN 'trigger broken: ' || t.problem
            WHEN m.outcome IS NOT NULL AND m.fal_request_id = a.fal_request_id
            THEN 'monitoring ended: ' || replace(m.outcome, '_', ' ')
            ELSE 'no trigger' END AS why,
       a.fal_request_id,
       a.training_type,
       a.training_started_at,
       -- An infinite time has no distance to any other, and to ask for it would fail for all rows.
       CASE WHEN a.training_started_at > TIMESTAMP WITH TIME ZONE '0001-01-01 00:00:00+00'
             AND a.training_started_at < TIMESTAMP WITH TIME ZONE '9999-12-31 00:00:00+00'
            THEN CAST(floor(EXTRACT(EPOCH FROM (current_timestamp - a.training_started_at))) AS bigint) END AS seconds_since_start,
       m.outcome AS last_outcome,
       m.ended_at AS last_watch_ended_at,
       m.last_error,
       CASE WHEN a.invalid IS NOT NULL THEN 'invalid'
            WHEN m.outcome IN ('stalled', 'timed_out') AND m.fal_request_id = a.fal_request_id THEN 'stalled'
            ELSE 'unmonitored' END AS state
FROM avatar_monitor_candidate a
LEFT JOIN avatar_monitor_trigger_health t ON t.trigger_group = 'avatar' AND t.trigger_name = CAST(a.avatar_id AS varchar)
LEFT JOIN avatar_monitoring m ON m.avatar_id = a.avatar_id
WHERE t.trigger_name IS NULL OR t.problem IS NOT NULL;
