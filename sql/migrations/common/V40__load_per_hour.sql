-- What each worker did in each hour: one row per worker and hour, added to with each status row. The report sums them up. Rows older than
-- history.retention are deleted. A worker that is killed loses what it counted since its last status row, at most a few seconds.
CREATE TABLE avatar_monitor_load
(
  -- beginning of the hour, UTC
  hour_at      timestamp with time zone NOT NULL,
  instance     varchar(200)             NOT NULL,
  -- fires of checks, and how late they started: sum, maximum, and the number of those later than 10 s
  fires        bigint                   NOT NULL,
  delay_sum_ms bigint                   NOT NULL,
  delay_max_ms bigint                   NOT NULL,
  late_fires   bigint                   NOT NULL,
  -- requests to fal that ended, and how many of them fal answered
  requests     bigint                   NOT NULL,
  answered     bigint                   NOT NULL,
  PRIMARY KEY (hour_at, instance)
);
