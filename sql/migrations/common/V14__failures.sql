-- A failed training's answer is kept whether or not the database took its end, with fal's own words about it in their parts.
ALTER TABLE avatar_monitor_answer ADD COLUMN error_type varchar(500);
-- HTTP status of the result, or the one that fal documents for the type; NULL when neither is known
ALTER TABLE avatar_monitor_answer ADD COLUMN http_code int;
-- whether submitting the same training again may help
ALTER TABLE avatar_monitor_answer ADD COLUMN retryable boolean;
-- yes, no or maybe
ALTER TABLE avatar_monitor_answer ADD COLUMN charged varchar(10);
