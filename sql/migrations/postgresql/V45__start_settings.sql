-- Settings of the training that avatar_monitor_start_with was called with; NULL is the configured one, or the one that the training has already.
ALTER TABLE avatar_monitor_request ADD COLUMN window_seconds int;
ALTER TABLE avatar_monitor_request ADD COLUMN interval_seconds int;
ALTER TABLE avatar_monitor_request ADD COLUMN deadline timestamptz;
