-- A hint whose check brought no answer of fal is kept too: how often that has happened, and before when it is not checked again.
ALTER TABLE avatar_monitor_kept_hint ADD COLUMN failures int DEFAULT 0 NOT NULL;
ALTER TABLE avatar_monitor_kept_hint ADD COLUMN due_at timestamp with time zone;
