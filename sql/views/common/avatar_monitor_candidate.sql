-- The application's trainings with what keeps each from being monitored until the application corrects its row: the first reason that
-- holds; NULL when it can be monitored.
CREATE OR REPLACE VIEW avatar_monitor_candidate AS
SELECT a.avatar_id,
       a.fal_request_id,
       a.training_type,
       a.training_started_at,
       CASE WHEN a.fal_request_id IS NULL OR trim(a.fal_request_id) = ''
            THEN 'no fal_request_id'
            WHEN NOT regexp_like(a.fal_request_id, '^[A-Za-z0-9-]{1,64}$')
            THEN 'fal_request_id is not one that fal gives'
            WHEN a.training_type IS NULL OR upper(a.training_type) NOT IN ('PORTRAIT', 'STYLE')
            THEN 'unknown training_type'
            WHEN a.training_started_at IS NULL
            THEN 'no training_started_at'
            WHEN a.training_started_at > current_timestamp
            THEN 'training_started_at lies in the future' END AS invalid
FROM avatar_monitor_training a;
