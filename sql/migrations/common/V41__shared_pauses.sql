-- Pauses of polling that fal demands (429, refused key, locked account), one row for each key, by its digest. What one process finds
-- holds for all that use the key, also for those that start later. Only the first half of the key's SHA-256 is stored.
CREATE TABLE avatar_monitor_fal_pause
(
  key_digest varchar(64) PRIMARY KEY,
  -- differs after every change
  version    bigint NOT NULL,
  -- pace, key or account
  refused    varchar(10) NOT NULL,
  since      timestamp with time zone NOT NULL,
  -- time of the next attempt; of a refused key or account, one process at a time makes it
  ends_at    timestamp with time zone NOT NULL,
  -- fal has answered; NULL while the pause lasts
  ended_at   timestamp with time zone,
  reason     varchar(1000) NOT NULL,
  -- process that was refused
  worker     varchar(200) NOT NULL
);
