-- Every avatar in TRAINING without a live trigger, and why. The first reason that holds is given.
CREATE OR REPLACE VIEW v_unwatched AS
SELECT a.avatar_id,
       CASE WHEN a.fal_request_id IS NULL OR trim(a.fal_request_id) = ''
            THEN 'no fal_request_id'
            WHEN NOT regexp_like(a.fal_request_id, '^[A-Za-z0-9-]{1,64}$')
            THEN 'fal_request_id is not one that fal gives'
            WHEN a.training_type IS NULL OR upper(a.training_type) NOT IN ('PORTRAIT', 'STYLE')
            THEN 'unknown training_type'
            WHEN a.training_started_at IS NULL
            THEN 'no training_started_at'
            WHEN a.training_started_at > current_timestamp
            THEN 'training_started_at lies in the future'
            WHEN t.problem IS NOT NULL
            THEN 'trigger broken: ' || t.problem
            WHEN m.outcome IS NOT NULL AND m.fal_request_id = a.fal_request_id
            THEN 'watch ended: ' || replace(m.outcome, '_', ' ')
            ELSE 'no trigger' END AS why,
       a.fal_request_id,
       a.training_type,
       a.training_started_at,
       CAST(floor(EXTRACT(EPOCH FROM (current_timestamp - a.training_started_at))) AS bigint) AS seconds_since_start,
       m.outcome AS last_outcome,
       m.ended_at AS last_watch_ended_at,
       m.last_error
FROM avatar_monitor_training a
LEFT JOIN avatar_monitor_trigger_health t ON t.avatar_id = a.avatar_id
LEFT JOIN avatar_monitoring m ON m.avatar_id = a.avatar_id
WHERE t.avatar_id IS NULL OR t.problem IS NOT NULL;
