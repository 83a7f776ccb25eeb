-- A training may have a priority only.
DROP INDEX IF EXISTS idx_avatar_monitoring_overrides;
CREATE INDEX idx_avatar_monitoring_overrides ON avatar_monitoring (avatar_id)
  WHERE priority IS NOT NULL OR deadline IS NOT NULL OR interval_seconds IS NOT NULL OR window_seconds IS NOT NULL;
