-- Where workers fire the triggers of checks in batches, Quartz acquires those of all other groups, of which there are few. By the index of
-- what is due it would read past all checks each time, and past all that have fired for as long as a dump keeps them. This index holds the
-- others only, so that a check writes nothing to it.
--
-- Only for tables that are ours and that no other scheduler uses, as in V11.
DO $migration$
BEGIN
IF EXISTS (SELECT FROM pg_class
           WHERE oid = to_regclass('qrtz_fired_triggers') AND 'autovacuum_vacuum_threshold=2000' = ANY(reloptions))
   AND NOT EXISTS (SELECT FROM qrtz_locks WHERE sched_name <> 'avatar-monitor')
   AND NOT EXISTS (SELECT FROM qrtz_scheduler_state WHERE sched_name <> 'avatar-monitor')
   AND NOT EXISTS (SELECT FROM qrtz_job_details WHERE sched_name <> 'avatar-monitor') THEN

CREATE INDEX IF NOT EXISTS idx_qrtz_t_ordinary ON qrtz_triggers (sched_name, next_fire_time, priority DESC)
  WHERE trigger_state = 'WAITING' AND trigger_group <> 'avatar';

END IF;
END
$migration$;
