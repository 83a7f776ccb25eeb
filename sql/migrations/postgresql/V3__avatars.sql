-- The application's table, only where there is none on the search path: an empty database, the demo, tests.
-- to_regclass and not IF NOT EXISTS: the latter looks at one schema only and would hide a table further down the path.
DO $migration$
BEGIN
IF to_regclass('avatars') IS NULL THEN

CREATE TABLE avatars
(
  id                      uuid         PRIMARY KEY,
  name                    varchar(100),
  training_type           varchar(20),
  status                  varchar(40)  NOT NULL,
  fal_request_id          varchar(255),
  training_started_at     timestamptz,
  training_completed_at   timestamptz,
  training_progress       int,
  last_status_check       timestamptz,
  training_error          text,
  finetune_id             varchar(255),
  diffusers_lora_file_url varchar(500),
  config_file_url         varchar(500),
  fal_response_data       json,
  updated_at              timestamptz
);
CREATE INDEX idx_avatars_status ON avatars (status);
CREATE INDEX idx_avatars_fal_request_id ON avatars (fal_request_id);

END IF;
END
$migration$;
