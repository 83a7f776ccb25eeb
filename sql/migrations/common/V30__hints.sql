-- What fal's platform API lists as ended: which worker asks for it, how far it has come by the provider's own times, and whether it may be asked.
CREATE TABLE avatar_monitor_fal_history
(
  id            int PRIMARY KEY,
  holder        varchar(200),
  held_until    timestamp with time zone NOT NULL,
  -- latest end that was listed
  watermark     timestamp with time zone,
  answered_at   timestamp with time zone,
  -- asked for a pause until then
  not_before    timestamp with time zone,
  -- the first of the present run of 404
  missing_since timestamp with time zone,
  -- not asked but once a day since then, and why
  off_since     timestamp with time zone,
  tried_at      timestamp with time zone,
  off_reason    varchar(1000)
);
INSERT INTO avatar_monitor_fal_history (id, held_until) VALUES (1, current_timestamp - INTERVAL '1' DAY);

-- Whether hints (webhooks, listed ends) report ends before regular checks find them.
CREATE TABLE avatar_monitor_hint_proof
(
  id              int PRIMARY KEY,
  -- the first end that a hint reported since the last miss
  since           timestamp with time zone,
  last_webhook_at timestamp with time zone,
  last_history_at timestamp with time zone,
  last_miss_at    timestamp with time zone,
  by_webhook      bigint NOT NULL DEFAULT 0,
  by_history      bigint NOT NULL DEFAULT 0,
  misses          bigint NOT NULL DEFAULT 0
);
INSERT INTO avatar_monitor_hint_proof (id) VALUES (1);

-- Ends of the last hour: when a hint reported one, and when a regular check found it.
CREATE TABLE avatar_monitor_hinted_end
(
  fal_request_id varchar(64) PRIMARY KEY,
  hinted_at      timestamp with time zone,
  polled_at      timestamp with time zone
);
