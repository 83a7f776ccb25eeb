-- Some databases have run a V36 without this column; the others need no notice that they have it.
SET LOCAL client_min_messages = warning;
ALTER TABLE avatar_monitoring ADD COLUMN IF NOT EXISTS priority int;
