-- The application's trainings.
CREATE OR REPLACE VIEW avatar_monitor_training AS
SELECT id AS avatar_id,
       CAST(status AS varchar) AS status,
       CAST(training_type AS varchar) AS training_type,
       CAST(fal_request_id AS varchar) AS fal_request_id,
       CAST(training_started_at AS timestamp with time zone) AS training_started_at
FROM avatars
WHERE upper(CAST(status AS varchar)) = 'TRAINING';
