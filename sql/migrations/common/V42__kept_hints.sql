-- Hints of ends that came while polling was paused: the avatars are checked when it goes on, also by a worker that starts later.
CREATE TABLE avatar_monitor_kept_hint
(
  fal_request_id varchar(64) PRIMARY KEY,
  avatar_id      uuid NOT NULL,
  -- webhook or history
  source         varchar(10) NOT NULL,
  kept_at        timestamp with time zone NOT NULL,
  -- a worker checks it since then
  taken_at       timestamp with time zone
);
