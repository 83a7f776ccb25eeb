-- The application's table, only where there is none: an empty database, the demo, tests.
CREATE TABLE IF NOT EXISTS avatars
(
  id                      uuid         PRIMARY KEY,
  name                    varchar(100),
  training_type           varchar(20),
  status                  varchar(40)  NOT NULL,
  fal_request_id          varchar(255),
  training_started_at     timestamp with time zone,
  training_completed_at   timestamp with time zone,
  training_progress       int,
  last_status_check       timestamp with time zone,
  training_error          varchar,
  finetune_id             varchar(255),
  diffusers_lora_file_url varchar(500),
  config_file_url         varchar(500),
  fal_response_data       json,
  updated_at              timestamp with time zone
);
