-- The application's trainings.
CREATE OR REPLACE VIEW avatar_monitor_training AS
SELECT avatar_id, status, training_type, fal_request_id, training_started_at FROM avatar_monitor_trainings();
