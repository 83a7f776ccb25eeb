-- Some databases have run a V37 with another index: from now on all have this one.
DROP INDEX IF EXISTS idx_avatar_monitoring_overrides;
CREATE INDEX idx_avatar_monitoring_overrides ON avatar_monitoring (avatar_id)
  WHERE deadline IS NOT NULL OR interval_seconds IS NOT NULL OR window_seconds IS NOT NULL;
