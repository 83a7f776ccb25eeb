-- A firing is written and deleted again within moments, each time with all indexes of QRTZ_FIRED_TRIGGERS. Only its key serves what is
-- sent often; searches by worker or by trigger are made when a worker is taken for dead, and for the views, which read all rows anyway.
-- Its living rows are the jobs that run and the few thousand that may be fired ahead.
--
-- Tables that were here before avatar-monitor keep what their owner gave them, and so do tables that another scheduler uses by now. Which
-- are ours is told by the storage settings of V10: they outlast a dump and its restore, the order in which tables were made does not.
DO $migration$
DECLARE
  unneeded regclass;
BEGIN
IF EXISTS (SELECT FROM pg_class
           WHERE oid = to_regclass('qrtz_fired_triggers') AND 'autovacuum_vacuum_threshold=2000' = ANY(reloptions))
   AND NOT EXISTS (SELECT FROM qrtz_locks WHERE sched_name <> 'avatar-monitor')
   AND NOT EXISTS (SELECT FROM qrtz_scheduler_state WHERE sched_name <> 'avatar-monitor')
   AND NOT EXISTS (SELECT FROM qrtz_job_details WHERE sched_name <> 'avatar-monitor') THEN

FOR unneeded IN
  SELECT i.indexrelid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
  WHERE i.indrelid = to_regclass('qrtz_fired_triggers') AND c.relname IN ('idx_qrtz_ft_trig_inst_name', 'idx_qrtz_ft_t_g')
LOOP
  EXECUTE format('DROP INDEX %s', unneeded);
END LOOP;

END IF;
END
$migration$;
