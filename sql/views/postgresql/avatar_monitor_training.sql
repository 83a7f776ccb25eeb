-- The application's trainings; invalid says why one must not be sent to fal and is NULL when it may. The program decides the same in
-- check/Eligibility.java; a test compares the two. The types are those that live workers are configured with.
CREATE OR REPLACE VIEW avatar_monitor_training AS
SELECT avatar_id,
       status,
       training_type,
       fal_request_id,
       training_started_at,
       CASE WHEN avatar_id IS NULL
            THEN 'no id'
            WHEN fal_request_id IS NULL OR btrim(fal_request_id, E' \t\n\r\f\x0B') = ''
            THEN 'no fal_request_id'
            WHEN NOT regexp_like(fal_request_id, '^[A-Za-z0-9-]{1,64}$')
            THEN 'fal_request_id is not one that fal gives'
            WHEN training_type IS NULL
              OR upper(training_type COLLATE "C") NOT IN (SELECT type.name FROM avatar_monitor_training_type type)
            THEN 'unknown training_type'
            WHEN btrim(fal_endpoint, E' \t\n\r\f\x0B') <> ''
             AND (length(fal_endpoint) > 200 OR NOT regexp_like(fal_endpoint, '^(?!(?:workflows|comfy)/[^/]*$)(?!\.{1,2}(?:/|$))[A-Za-z0-9._-]{1,100}(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9._-]{1,100})+$'))
            THEN 'fal_endpoint is not owner/app'
            WHEN training_started_at IS NULL
            THEN 'no training_started_at'
            WHEN NOT isfinite(training_started_at)
            THEN 'training_started_at is infinite'
            -- The application's clock may be ahead a little.
            WHEN training_started_at > current_timestamp + INTERVAL '60' SECOND
            THEN 'training_started_at lies in the future' END AS invalid
FROM avatar_monitor_training_rows();
