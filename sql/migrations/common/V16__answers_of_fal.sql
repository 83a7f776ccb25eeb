-- When fal last answered about a training: a check that brought no answer does not make it any less late.
ALTER TABLE avatar_monitoring ADD COLUMN last_answered_at timestamp with time zone;

-- What each worker says about its requests to fal in the last minute, and about the limits that it works with.
ALTER TABLE avatar_monitor_worker_status ADD COLUMN requests_last_minute int;
ALTER TABLE avatar_monitor_worker_status ADD COLUMN answered_last_minute int;
ALTER TABLE avatar_monitor_worker_status ADD COLUMN fal_silent_since timestamp with time zone;
ALTER TABLE avatar_monitor_worker_status ADD COLUMN fal_last_failure varchar(100);
ALTER TABLE avatar_monitor_worker_status ADD COLUMN requests_per_second_max int;
ALTER TABLE avatar_monitor_worker_status ADD COLUMN interval_ms bigint;
