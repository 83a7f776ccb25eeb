-- While PostgreSQL believes that QRTZ_TRIGGERS has one row, any index that begins with SCHED_NAME is as good to it as any other: it
-- looked up a trigger by the index of what is due, and read all triggers for each. An index of a part of the rows serves only statements
-- that ask for that part, so each statement has exactly one index that it can use, whatever the statistics say.
--
-- Only for tables that are ours and that no other scheduler uses, as in V11.
DO $migration$
DECLARE
  replaced regclass;
BEGIN
IF EXISTS (SELECT FROM pg_class
           WHERE oid = to_regclass('qrtz_fired_triggers') AND 'autovacuum_vacuum_threshold=2000' = ANY(reloptions))
   AND NOT EXISTS (SELECT FROM qrtz_locks WHERE sched_name <> 'avatar-monitor')
   AND NOT EXISTS (SELECT FROM qrtz_scheduler_state WHERE sched_name <> 'avatar-monitor')
   AND NOT EXISTS (SELECT FROM qrtz_job_details WHERE sched_name <> 'avatar-monitor') THEN

CREATE INDEX IF NOT EXISTS idx_qrtz_t_waiting ON qrtz_triggers (sched_name, next_fire_time) WHERE trigger_state = 'WAITING';
CREATE INDEX IF NOT EXISTS idx_qrtz_t_not_waiting ON qrtz_triggers (sched_name, trigger_state) WHERE trigger_state <> 'WAITING';
FOR replaced IN
  SELECT i.indexrelid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
  WHERE i.indrelid = to_regclass('qrtz_triggers') AND c.relname = 'idx_qrtz_t_nft_st'
LOOP
  EXECUTE format('DROP INDEX %s', replaced);
END LOOP;

END IF;
END
$migration$;
