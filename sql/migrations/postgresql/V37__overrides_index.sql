-- Finds trainings with settings of their own. Usually there are few or none, and a check writes nothing to this index.
CREATE INDEX idx_avatar_monitoring_overrides ON avatar_monitoring (priority)
  WHERE priority IS NOT NULL OR deadline IS NOT NULL OR interval_seconds IS NOT NULL OR window_seconds IS NOT NULL;
