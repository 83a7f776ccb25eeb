-- What operators are doing: a row is written before an action and deleted in the transaction that writes its event, so that a crash between the two
-- loses no action. One that is left is told with the outcome "unknown".
CREATE TABLE avatar_monitor_action
(
  id        uuid PRIMARY KEY,
  at        timestamp with time zone NOT NULL,
  avatar_id uuid,
  process   varchar(200) NOT NULL,
  -- the event's detail without its outcome, as JSON
  detail    varchar(4000) NOT NULL
);

CREATE INDEX idx_avatar_monitor_action_at ON avatar_monitor_action (at);
