-- Where trainings of a type were submitted: every endpoint that a worker was configured with, as long as trainings that were submitted to it may
-- run. A worker that does not find a request at its own endpoint looks for it at these, so that neither a rolling change of the
-- configuration nor a command with another configuration takes it for lost.
CREATE TABLE avatar_monitor_endpoint
(
  type_name varchar(50)  NOT NULL,
  endpoint  varchar(320) NOT NULL,
  seen_at   timestamp with time zone NOT NULL,
  PRIMARY KEY (type_name, endpoint)
);

INSERT INTO avatar_monitor_endpoint (type_name, endpoint, seen_at)
SELECT name, endpoint, seen_at FROM avatar_monitor_training_type WHERE endpoint IS NOT NULL;

INSERT INTO avatar_monitor_endpoint (type_name, endpoint, seen_at)
SELECT name, previous_endpoint, changed_at
FROM avatar_monitor_training_type
WHERE previous_endpoint IS NOT NULL AND changed_at IS NOT NULL AND previous_endpoint <> coalesce(endpoint, '');
