-- The training types that workers are configured with, so that views know them too. Each worker keeps its own up to date once a minute; a type
-- that no worker has told for some minutes goes. Names are in upper case (ASCII letters), as they are compared.
CREATE TABLE avatar_monitor_training_type
(
  name              varchar(50) PRIMARY KEY,
  endpoint          varchar(320),
  -- the end point before, and when it was changed: trainings that were submitted to it are still looked for there
  previous_endpoint varchar(320),
  changed_at        timestamp with time zone,
  seen_at           timestamp with time zone NOT NULL
);

-- What was the default until now, where something was monitored by it.
INSERT INTO avatar_monitor_training_type (name, endpoint, seen_at)
SELECT 'PORTRAIT', CASE WHEN EXISTS (SELECT 1 FROM avatar_monitoring) THEN 'fal-ai/flux-lora-portrait-trainer' END, current_timestamp;
INSERT INTO avatar_monitor_training_type (name, endpoint, seen_at)
SELECT 'STYLE', CASE WHEN EXISTS (SELECT 1 FROM avatar_monitoring) THEN 'fal-ai/flux-pro-trainer' END, current_timestamp;

-- Where fal answered about this training: it stays there when the configuration changes.
ALTER TABLE avatar_monitoring ADD COLUMN endpoint varchar(320);
