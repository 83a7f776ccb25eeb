-- Some databases have run a V36 without this column.
ALTER TABLE avatar_monitoring ADD COLUMN IF NOT EXISTS priority int;
