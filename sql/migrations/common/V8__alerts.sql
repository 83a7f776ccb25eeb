-- Telling people what is critical, and the application which trainings have ended.

-- Events that nobody was told about yet, put here in the transaction that wrote them. They are taken out in the transaction that
-- stores what is to be said about them.
CREATE TABLE avatar_monitor_outbox
(
  event_id bigint PRIMARY KEY
);

-- A row that workers lock, so that one at a time turns events into messages.
CREATE TABLE avatar_monitor_outbox_lock
(
  id int PRIMARY KEY
);
INSERT INTO avatar_monitor_outbox_lock (id) VALUES (1);

-- How each kind of alert stands: one row for each kind that was ever raised, about the last time that it was.
CREATE TABLE avatar_monitor_alert
(
  kind     varchar(30) PRIMARY KEY,
  -- gathering, lasting or over
  state    varchar(10) NOT NULL,
  began_at timestamp with time zone NOT NULL,
  last_at  timestamp with time zone NOT NULL,
  events   bigint      NOT NULL,
  -- for which workers it lasts
  workers  json        NOT NULL,
  examples json        NOT NULL,
  -- when something about it changed, and when the next message is due
  seen_at  timestamp with time zone NOT NULL,
  due_at   timestamp with time zone NOT NULL
);

-- What is to be delivered, and what was: one row for each message and channel. In one lane messages go out in the order of id.
CREATE TABLE avatar_monitor_delivery
(
  id              bigint       GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- log, webhook, email or callback
  channel         varchar(20)  NOT NULL,
  message_id      uuid         NOT NULL,
  lane            varchar(60)  NOT NULL,
  body            json         NOT NULL,
  -- waiting, delivered or given_up
  state           varchar(10)  NOT NULL,
  created_at      timestamp with time zone NOT NULL,
  attempts        int          NOT NULL,
  next_attempt_at timestamp with time zone NOT NULL,
  claimed_by      varchar(200),
  claimed_until   timestamp with time zone,
  last_error      varchar(500),
  ended_at        timestamp with time zone
);
CREATE INDEX idx_avatar_monitor_delivery_due ON avatar_monitor_delivery (state, channel, next_attempt_at, id);
CREATE INDEX idx_avatar_monitor_delivery_lane ON avatar_monitor_delivery (state, channel, lane, id);
CREATE INDEX idx_avatar_monitor_delivery_ended ON avatar_monitor_delivery (ended_at);
