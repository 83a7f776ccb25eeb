-- The application's trainings; invalid says why one must not be sent to fal and is NULL when it may. The program decides the same in
-- check/Eligibility.java; a test compares the two. Texts are read up to 100 characters (an end point 300), as by the program: none that is longer is valid. The types are those that live workers are configured with. Status and type are compared by ASCII letters alone, whatever the locale.
CREATE OR REPLACE VIEW avatar_monitor_training AS
SELECT avatar_id,
       status,
       training_type,
       fal_request_id,
       training_started_at,
       CASE WHEN avatar_id IS NULL
            THEN 'no id'
            WHEN fal_request_id IS NULL OR trim(translate(fal_request_id, U&'\0009\000a\000b\000c\000d', '     ')) = ''
            THEN 'no fal_request_id'
            WHEN NOT regexp_like(fal_request_id, '^[A-Za-z0-9-]{1,64}\z')
            THEN 'fal_request_id is not one that fal gives'
            WHEN training_type IS NULL
              OR translate(training_type, 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')
                 NOT IN (SELECT type.name FROM avatar_monitor_training_type type)
            THEN 'unknown training_type'
            WHEN trim(translate(fal_endpoint, U&'\0009\000a\000b\000c\000d', '     ')) <> ''
             AND (length(fal_endpoint) > 200 OR NOT regexp_like(fal_endpoint, '^(?!(?:workflows|comfy)/[^/]*\z)(?!\.{1,2}(?:/|\z))[A-Za-z0-9._-]{1,100}(?:/(?!\.{1,2}(?:/|\z))[A-Za-z0-9._-]{1,100})+\z'))
            THEN 'fal_endpoint is not owner/app'
            WHEN training_started_at IS NULL
            THEN 'no training_started_at'
            -- The application's clock may be ahead a little.
            WHEN training_started_at > current_timestamp + INTERVAL '60' SECOND
            THEN 'training_started_at lies in the future' END AS invalid
-- fal_endpoint is a column that the application may have or not: inside the subquery the name means the column of avatars, and where there
-- is none, the NULL around it.
FROM (SELECT absent.avatar_id,
             absent.status,
             absent.training_type,
             absent.fal_request_id,
             absent.training_started_at,
             (SELECT left(CAST(fal_endpoint AS varchar), 300) FROM avatars own WHERE own.id = absent.avatar_id) AS fal_endpoint
      FROM (SELECT id AS avatar_id,
             CAST(NULL AS varchar) AS fal_endpoint,
             left(CAST(status AS varchar), 100) AS status,
             left(CAST(training_type AS varchar), 100) AS training_type,
             left(CAST(fal_request_id AS varchar), 100) AS fal_request_id,
             CAST(training_started_at AS timestamp with time zone) AS training_started_at
      FROM avatars
      WHERE translate(CAST(status AS varchar), 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') = 'TRAINING') absent) trainings;
