-- A firing is written and deleted again within moments, each time with all indexes of QRTZ_FIRED_TRIGGERS. Only its key serves what is
-- sent often; searches by worker or by trigger are made when a worker is taken for dead, and for the views, which read all rows anyway.
-- Its living rows are the jobs that run and the few thousand that may be fired ahead.
--
-- Tables that were here before avatar-monitor keep what their owner gave them: they are older than its migration history.
DO $migration$
BEGIN
IF to_regclass('qrtz_fired_triggers')::oid > to_regclass('avatar_monitor_schema_history')::oid THEN

DROP INDEX IF EXISTS IDX_QRTZ_FT_TRIG_INST_NAME, IDX_QRTZ_FT_T_G;

END IF;
END
$migration$;
