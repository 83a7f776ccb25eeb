-- When an operator asked for a check before its time: the next fire of the trigger then sends a request, whatever backoff or interval says. Counts while
-- it is later than last_checked_at.
ALTER TABLE avatar_monitoring ADD COLUMN check_asked_at timestamp with time zone;
