-- The history of checks, and what each worker says about itself.

-- Every check that brought something new about a training, or failed: not each one of many that say the same.
CREATE TABLE avatar_monitor_check
(
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at             timestamp with time zone NOT NULL,
  avatar_id      uuid         NOT NULL,
  fal_request_id varchar(255),
  worker         varchar(200) NOT NULL,
  outcome        varchar(40)  NOT NULL,
  fal_status     varchar(40),
  queue_position int,
  progress       int,
  took_ms        bigint       NOT NULL,
  error          varchar(1000)
);
CREATE INDEX idx_avatar_monitor_check_avatar ON avatar_monitor_check (avatar_id, id);
CREATE INDEX idx_avatar_monitor_check_at ON avatar_monitor_check (at);

-- One row for each worker, written by it every few seconds. Times are the database's, by which a worker whose clock is wrong is seen.
CREATE TABLE avatar_monitor_worker_status
(
  instance          varchar(200) PRIMARY KEY,
  at                timestamp with time zone NOT NULL,
  started_at        timestamp with time zone NOT NULL,
  version           varchar(60)  NOT NULL,
  http              varchar(300),
  clock_behind_ms   bigint       NOT NULL,
  checks_per_second double precision NOT NULL,
  late_p50_ms       bigint,
  late_p95_ms       bigint,
  late_p99_ms       bigint,
  fal_paused_until  timestamp with time zone,
  fal_pause_reason  varchar(1000)
);

-- When the hourly run last came to its end, and on which worker; the time is NULL before the first one.
CREATE TABLE avatar_monitor_reconcile
(
  id     int PRIMARY KEY,
  at     timestamp with time zone,
  worker varchar(200)
);
INSERT INTO avatar_monitor_reconcile (id) VALUES (1);

-- As before, with what each worker says about itself. A check-in is stamped by the worker's own clock, which may be wrong by seconds.
CREATE OR REPLACE VIEW v_workers AS
SELECT w.instance_name AS instance,
       w.last_check_in_at + coalesce(s.clock_behind_ms, 0) / 1000.0 * INTERVAL '1' SECOND AS last_check_in_at,
       w.last_check_in_at + coalesce(s.clock_behind_ms, 0) / 1000.0 * INTERVAL '1' SECOND
         > current_timestamp - 5 * w.check_in_seconds * INTERVAL '1' SECOND AS alive,
       (SELECT count(*)
        FROM qrtz_fired_triggers f
        WHERE f.sched_name = 'avatar-monitor' AND f.instance_name = w.instance_name
          AND f.trigger_group = 'avatar' AND f.state = 'EXECUTING') AS running_checks,
       w.check_in_seconds,
       s.started_at,
       s.version,
       s.http,
       s.checks_per_second,
       s.late_p50_ms,
       s.late_p95_ms,
       s.late_p99_ms,
       CASE WHEN s.fal_paused_until > current_timestamp THEN s.fal_paused_until END AS fal_paused_until,
       CASE WHEN s.fal_paused_until > current_timestamp THEN s.fal_pause_reason END AS fal_pause_reason
FROM avatar_monitor_worker w
LEFT JOIN avatar_monitor_worker_status s ON s.instance = w.instance_name;
