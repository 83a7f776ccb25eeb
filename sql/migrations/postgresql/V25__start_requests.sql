-- What avatar_monitor_start and avatar_monitor_stop were called for and no worker has done yet. Rows are only inserted by callers, so that no
-- transaction of an application waits for another one; a worker takes them for some seconds (a lease), does them and deletes them.
CREATE TABLE avatar_monitor_request
(
  id           bigint       GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  action       varchar(10)  NOT NULL CHECK (action IN ('start', 'stop')),
  avatar_id    uuid         NOT NULL,
  -- who called, for the event when a worker refuses
  actor        varchar(200) NOT NULL,
  address      varchar(100) NOT NULL,
  requested_at timestamptz  NOT NULL,
  attempts     int          NOT NULL DEFAULT 0,
  -- no other worker takes it before this time
  taken_until  timestamptz
)
WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
CREATE INDEX idx_avatar_monitor_request_avatar ON avatar_monitor_request (avatar_id, id);
