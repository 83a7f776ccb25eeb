-- Pauses of polling by operators: one row for all trainings (scope *), one for each paused training type, in upper case. A row stays after
-- the pause: trainings are not late for what was not asked until then.
CREATE TABLE avatar_monitor_pause
(
  scope    varchar(100) PRIMARY KEY,
  since    timestamp with time zone NOT NULL,
  -- when it ends by itself; NULL when only an operator ends it
  ends_at  timestamp with time zone,
  -- when it ended; NULL while it is in effect, and until a worker has noticed that ends_at has passed
  ended_at timestamp with time zone,
  reason   varchar(1000),
  actor    varchar(200) NOT NULL,
  channel  varchar(20) NOT NULL,
  address  varchar(300) NOT NULL
);
