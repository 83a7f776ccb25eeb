-- fal's answers about trainings that ended, at most one for each avatar: of its newest request. An end that the database refuses waits
-- here until it can be written, without asking fal again; fal itself keeps a result for minutes only.
CREATE TABLE avatar_monitor_answer
(
  avatar_id      uuid         PRIMARY KEY,
  fal_request_id varchar(255) NOT NULL,
  -- when fal gave the answer, and to whom
  at             timestamp with time zone NOT NULL,
  worker         varchar(200) NOT NULL,
  -- what the answer was taken for: completed, failed or cancelled
  ending         varchar(20)  NOT NULL,
  fal_status     varchar(40)  NOT NULL,
  reason         varchar(1000),
  -- the body of fal's result as it came; NULL when there was none, or too much of it
  body           json,
  -- when it was written to the avatar; NULL while it waits
  written_at     timestamp with time zone,
  -- how often in a row the database refused it, why the last time, and since when
  refusals       int          NOT NULL DEFAULT 0,
  refused_since  timestamp with time zone,
  sql_state      varchar(5),
  refusal        varchar(1000),
  -- the event write_refused about this cause, and when people were last told about it
  event_id       bigint,
  told_at        timestamp with time zone
);
CREATE INDEX idx_avatar_monitor_answer_written ON avatar_monitor_answer (written_at);
CREATE INDEX idx_avatar_monitor_answer_at ON avatar_monitor_answer (at);

-- How often in a row the database refused the end of this training; above 0 the answer waits in avatar_monitor_answer.
ALTER TABLE avatar_monitoring ADD COLUMN write_refusals int NOT NULL DEFAULT 0;
