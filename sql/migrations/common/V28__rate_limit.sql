-- The rate limit of requests to fal, one for the cluster. Who sends requests reserves times for them here, by the database's clock, each the
-- reciprocal of fal.requests-per-second after the one before. A reservation is one short transaction for many requests; nothing is given back.
CREATE TABLE avatar_monitor_rate
(
  id               int PRIMARY KEY CHECK (id = 1),
  -- first time that is free; in the past while the limit is not used up
  next_at          timestamp with time zone NOT NULL,
  -- the same of the part that operators need not wait for checks for
  operator_next_at timestamp with time zone NOT NULL
);
INSERT INTO avatar_monitor_rate (id, next_at, operator_next_at) VALUES (1, current_timestamp, current_timestamp);
