-- The application's trainings with what keeps each from being monitored until the application corrects its row: the first reason that
-- holds; NULL when it can be monitored. The reasons are decided by avatar_monitor_training.
CREATE OR REPLACE VIEW avatar_monitor_candidate AS
SELECT a.avatar_id,
       a.fal_request_id,
       a.training_type,
       a.training_started_at,
       a.invalid
FROM avatar_monitor_training a;
