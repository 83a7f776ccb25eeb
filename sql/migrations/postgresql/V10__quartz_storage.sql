-- Each fire of a trigger writes its row and a row of QRTZ_FIRED_TRIGGERS, and every index on them with it. Of Quartz's nineteen
-- indexes on the two tables most repeat the beginning of another one or begin with a column that no search can use; what is left here
-- serves every statement that Quartz and avatar-monitor send often. Fewer indexes do not hurt others who read the tables.
--
-- Tables that were here before avatar-monitor keep what their owner gave them: they are older than its migration history.
DO $migration$
BEGIN
IF to_regclass('qrtz_triggers')::oid > to_regclass('avatar_monitor_schema_history')::oid THEN

DROP INDEX IF EXISTS IDX_QRTZ_T_J, IDX_QRTZ_T_JG, IDX_QRTZ_T_C, IDX_QRTZ_T_G, IDX_QRTZ_T_STATE, IDX_QRTZ_T_N_STATE,
  IDX_QRTZ_T_N_G_STATE, IDX_QRTZ_T_NEXT_FIRE_TIME, IDX_QRTZ_T_NFT_MISFIRE, IDX_QRTZ_T_NFT_ST_MISFIRE,
  IDX_QRTZ_T_NFT_ST_MISFIRE_GRP;
DROP INDEX IF EXISTS IDX_QRTZ_FT_INST_JOB_REQ_RCVRY, IDX_QRTZ_FT_J_G, IDX_QRTZ_FT_JG, IDX_QRTZ_FT_TG;

-- Every row is rewritten once in each interval: room on its page keeps the new version there, and dead versions are cleared before
-- they are more than the living ones.
ALTER TABLE qrtz_triggers SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_limit = 1000);
ALTER TABLE qrtz_simple_triggers SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.1, autovacuum_vacuum_cost_limit = 1000);
-- Hardly a row lives longer than a second.
ALTER TABLE qrtz_fired_triggers SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
  autovacuum_vacuum_cost_limit = 1000);

END IF;
END
$migration$;
