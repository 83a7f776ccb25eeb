-- Settings of one training that differ from the configured ones, as an operator set them; NULL where the configured one holds. They belong to
-- the request in fal_request_id: a new request starts without them.
ALTER TABLE avatar_monitoring ADD COLUMN window_seconds int;
ALTER TABLE avatar_monitoring ADD COLUMN interval_seconds int;
-- The training is followed until this time, whatever monitor.max-age says.
ALTER TABLE avatar_monitoring ADD COLUMN deadline timestamp with time zone;
-- From 1 to 10, 5 when NULL. Reserved: the order of checks does not depend on it yet.
ALTER TABLE avatar_monitoring ADD COLUMN priority int;
