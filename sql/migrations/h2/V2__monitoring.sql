-- What avatar-monitor knows about each training, and what happened to it. No foreign keys to the application's tables:
-- the application may delete or rebuild its rows at any time.
CREATE TABLE IF NOT EXISTS avatar_monitoring
(
  avatar_id       uuid          PRIMARY KEY,
  fal_request_id  varchar(255),
  watched_since   timestamp with time zone   NOT NULL,
  window_ends_at  timestamp with time zone   NOT NULL,
  rounds          int           NOT NULL DEFAULT 1,
  checks          bigint        NOT NULL DEFAULT 0,
  failures_in_row int           NOT NULL DEFAULT 0,
  last_checked_at timestamp with time zone,
  last_fal_status varchar(40),
  queue_position  int,
  last_error      varchar(1000),
  last_worker     varchar(200),
  outcome         varchar(40),
  ended_at        timestamp with time zone,
  -- A run of answers such as "not found" that say the training may be lost: which one, how many in a row, since when.
  doubt           varchar(20),
  doubts_in_row   int           NOT NULL DEFAULT 0,
  doubted_since   timestamp with time zone
);

CREATE TABLE IF NOT EXISTS avatar_event
(
  id             bigint       GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at             timestamp with time zone  NOT NULL,
  avatar_id      uuid,
  fal_request_id varchar(255),
  worker         varchar(200) NOT NULL,
  type           varchar(30)  NOT NULL,
  detail         json         NOT NULL
);
CREATE INDEX IF NOT EXISTS idx_avatar_event_avatar ON avatar_event (avatar_id, id);
CREATE INDEX IF NOT EXISTS idx_avatar_event_at ON avatar_event (at);
CREATE INDEX IF NOT EXISTS idx_avatar_event_type ON avatar_event (type, at);
