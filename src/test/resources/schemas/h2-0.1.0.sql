-- H2 2.5.252; 
;              
CREATE USER IF NOT EXISTS "SA" PASSWORD '' ADMIN;              
CREATE USER IF NOT EXISTS "AVATAR_MONITOR" PASSWORD '';        
CREATE CACHED TABLE "public"."avatar_monitor_migration_lock"(
    "id" INTEGER NOT NULL
);     
ALTER TABLE "public"."avatar_monitor_migration_lock" ADD CONSTRAINT "public"."CONSTRAINT_F" PRIMARY KEY("id"); 
-- 1 +/- SELECT COUNT(*) FROM public.avatar_monitor_migration_lock;            
INSERT INTO "public"."avatar_monitor_migration_lock" VALUES(1);
CREATE CACHED TABLE "public"."avatar_monitor_schema_history"(
    "installed_rank" INTEGER NOT NULL,
    "version" CHARACTER VARYING(50),
    "description" CHARACTER VARYING(200) NOT NULL,
    "type" CHARACTER VARYING(20) NOT NULL,
    "script" CHARACTER VARYING(1000) NOT NULL,
    "checksum" INTEGER,
    "installed_by" CHARACTER VARYING(100) NOT NULL,
    "installed_on" TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "execution_time" INTEGER NOT NULL,
    "success" BOOLEAN NOT NULL
);   
ALTER TABLE "public"."avatar_monitor_schema_history" ADD CONSTRAINT "public"."avatar_monitor_schema_history_pk" PRIMARY KEY("installed_rank"); 
-- 16 +/- SELECT COUNT(*) FROM public.avatar_monitor_schema_history;           
INSERT INTO "public"."avatar_monitor_schema_history" VALUES(-1, NULL, '<< Flyway Schema History table created >>', 'TABLE', '', NULL, 'sa', TIMESTAMP '2026-11-30 03:33:46.516835', 0, TRUE);  
INSERT INTO "public"."avatar_monitor_schema_history" VALUES(1, '0', 'tables that were here before', 'BASELINE', 'tables that were here before', NULL, 'sa', TIMESTAMP '2026-11-30 03:33:46.607981', 0, TRUE);  
INSERT INTO "public"."avatar_monitor_schema_history" VALUES(2, '1', 'quartz', 'SQL', 'V1__quartz.sql', 1119217168, 'sa', TIMESTAMP '2026-11-30 03:33:49.016401', 1516, TRUE);  
INSERT INTO "public"."avatar_monitor_schema_history" VALUES(3, '2', 'monitoring', 'SQL', 'V2__monitoring.sql', -603574511, 'sa', TIMESTAMP '2026-11-30 03:33:49.473435', 195, TRUE);           
INSERT INTO "public"."avatar_monitor_schema_history" VALUES(4, '3', 'avatars', 'SQL', 'V3__avatars.sql', -396915214, 'sa', TIMESTAMP '2026-11-30 03:33:49.654215', 47, TRUE);  
INSERT INTO "public"."avatar_monitor_schema_history" VALUES(5, '4', 'base views', 'SQL', 'V4__base_views.sql', -1616499951, 'sa', TIMESTAMP '2026-11-30 03:33:50.371246', 559, TRUE);          
INSERT INTO "public"."avatar_monitor_schema_history" VALUES(6, '5', 'views', 'SQL', 'V5__views.sql', -694799823, 'sa', TIMESTAMP '2026-11-30 03:33:50.871939', 405, TRUE);     
INSERT INTO "public"."avatar_monitor_schema_history" VALUES(7, '6', 'repair', 'SQL', 'V6__repair.sql', 324726905, 'sa', TIMESTAMP '2026-11-30 03:33:51.09893', 160, TRUE);     
INSERT INTO "public"."avatar_monitor_schema_history" VALUES(8, '7', 'history', 'SQL', 'V7__history.sql', -1286854655, 'sa', TIMESTAMP '2026-11-30 03:33:51.546907', 375, TRUE);
INSERT INTO "public"."avatar_monitor_schema_history" VALUES(9, '8', 'alerts', 'SQL', 'V8__alerts.sql', 109830582, 'sa', TIMESTAMP '2026-11-30 03:33:51.774912', 218, TRUE);    
INSERT INTO "public"."avatar_monitor_schema_history" VALUES(10, '12', 'pauses', 'SQL', 'V12__pauses.sql', -64841113, 'sa', TIMESTAMP '2026-11-30 03:33:51.852425', 70, TRUE);  
INSERT INTO "public"."avatar_monitor_schema_history" VALUES(11, '13', 'refused ends', 'SQL', 'V13__refused_ends.sql', 946910019, 'sa', TIMESTAMP '2026-11-30 03:33:52.250901', 390, TRUE);     
INSERT INTO "public"."avatar_monitor_schema_history" VALUES(12, '14', 'failures', 'SQL', 'V14__failures.sql', -248336178, 'sa', TIMESTAMP '2026-11-30 03:33:53.095215', 761, TRUE);            
INSERT INTO "public"."avatar_monitor_schema_history" VALUES(13, '15', 'views version', 'SQL', 'V15__views_version.sql', -1493533034, 'sa', TIMESTAMP '2026-11-30 03:33:53.125231', 19, TRUE);  
INSERT INTO "public"."avatar_monitor_schema_history" VALUES(14, '16', 'answers of fal', 'SQL', 'V16__answers_of_fal.sql', 1725730432, 'sa', TIMESTAMP '2026-11-30 03:33:54.311285', 1093, TRUE);               
INSERT INTO "public"."avatar_monitor_schema_history" VALUES(15, '20', 'training types', 'SQL', 'V20__training_types.sql', 1048100125, 'sa', TIMESTAMP '2026-11-30 03:33:54.842075', 464, TRUE);
CREATE INDEX "public"."avatar_monitor_schema_history_s_idx" ON "public"."avatar_monitor_schema_history"("success" NULLS LAST); 
CREATE CACHED TABLE "public"."qrtz_job_details"(
    "sched_name" CHARACTER VARYING(120) NOT NULL,
    "job_name" CHARACTER VARYING(200) NOT NULL,
    "job_group" CHARACTER VARYING(200) NOT NULL,
    "description" CHARACTER VARYING(250),
    "job_class_name" CHARACTER VARYING(250) NOT NULL,
    "is_durable" BOOLEAN NOT NULL,
    "is_nonconcurrent" BOOLEAN NOT NULL,
    "is_update_data" BOOLEAN NOT NULL,
    "requests_recovery" BOOLEAN NOT NULL,
    "job_data" BINARY VARYING
);              
ALTER TABLE "public"."qrtz_job_details" ADD CONSTRAINT "public"."CONSTRAINT_B" PRIMARY KEY("sched_name", "job_name", "job_group");             
-- 1 +/- SELECT COUNT(*) FROM public.qrtz_job_details;         
INSERT INTO "public"."qrtz_job_details" VALUES('avatar-monitor', 'status-check', 'avatar', 'asks fal how far one avatar''s training is', 'avatarmonitor.schedule.StatusCheckJob', TRUE, FALSE, FALSE, FALSE, X'230a234d6f6e204e6f762033302030333a33343a32312055544320323032360a');             
CREATE INDEX "public"."idx_qrtz_j_req_recovery" ON "public"."qrtz_job_details"("sched_name" NULLS LAST, "requests_recovery" NULLS LAST);       
CREATE INDEX "public"."idx_qrtz_j_grp" ON "public"."qrtz_job_details"("sched_name" NULLS LAST, "job_group" NULLS LAST);        
CREATE CACHED TABLE "public"."qrtz_triggers"(
    "sched_name" CHARACTER VARYING(120) NOT NULL,
    "trigger_name" CHARACTER VARYING(200) NOT NULL,
    "trigger_group" CHARACTER VARYING(200) NOT NULL,
    "job_name" CHARACTER VARYING(200) NOT NULL,
    "job_group" CHARACTER VARYING(200) NOT NULL,
    "description" CHARACTER VARYING(250),
    "next_fire_time" BIGINT,
    "prev_fire_time" BIGINT,
    "priority" INTEGER,
    "trigger_state" CHARACTER VARYING(16) NOT NULL,
    "trigger_type" CHARACTER VARYING(8) NOT NULL,
    "start_time" BIGINT NOT NULL,
    "end_time" BIGINT,
    "calendar_name" CHARACTER VARYING(200),
    "misfire_instr" SMALLINT,
    "job_data" BINARY VARYING
);
ALTER TABLE "public"."qrtz_triggers" ADD CONSTRAINT "public"."CONSTRAINT_F6" PRIMARY KEY("sched_name", "trigger_name", "trigger_group");       
-- 2 +/- SELECT COUNT(*) FROM public.qrtz_triggers;            
INSERT INTO "public"."qrtz_triggers" VALUES('avatar-monitor', '0198a1b2-0000-7000-8000-000000000001', 'avatar', 'status-check', 'avatar', NULL, 1796009665158, -1, 5, 'WAITING', 'SIMPLE', 1796009665158, 1796013265158, NULL, 4, X'');        
INSERT INTO "public"."qrtz_triggers" VALUES('avatar-monitor', '0198a1b2-0000-7000-8000-000000000002', 'avatar', 'status-check', 'avatar', NULL, 1796009677159, -1, 5, 'WAITING', 'SIMPLE', 1796009677159, 1796013277159, NULL, 4, X'');        
CREATE INDEX "public"."idx_qrtz_t_j" ON "public"."qrtz_triggers"("sched_name" NULLS LAST, "job_name" NULLS LAST, "job_group" NULLS LAST);      
CREATE INDEX "public"."idx_qrtz_t_jg" ON "public"."qrtz_triggers"("sched_name" NULLS LAST, "job_group" NULLS LAST);            
CREATE INDEX "public"."idx_qrtz_t_c" ON "public"."qrtz_triggers"("sched_name" NULLS LAST, "calendar_name" NULLS LAST);         
CREATE INDEX "public"."idx_qrtz_t_g" ON "public"."qrtz_triggers"("sched_name" NULLS LAST, "trigger_group" NULLS LAST);         
CREATE INDEX "public"."idx_qrtz_t_state" ON "public"."qrtz_triggers"("sched_name" NULLS LAST, "trigger_state" NULLS LAST);     
CREATE INDEX "public"."idx_qrtz_t_n_state" ON "public"."qrtz_triggers"("sched_name" NULLS LAST, "trigger_name" NULLS LAST, "trigger_group" NULLS LAST, "trigger_state" NULLS LAST);            
CREATE INDEX "public"."idx_qrtz_t_n_g_state" ON "public"."qrtz_triggers"("sched_name" NULLS LAST, "trigger_group" NULLS LAST, "trigger_state" NULLS LAST);     
CREATE INDEX "public"."idx_qrtz_t_next_fire_time" ON "public"."qrtz_triggers"("sched_name" NULLS LAST, "next_fire_time" NULLS LAST);           
CREATE INDEX "public"."idx_qrtz_t_nft_st" ON "public"."qrtz_triggers"("sched_name" NULLS LAST, "trigger_state" NULLS LAST, "next_fire_time" NULLS LAST);       
CREATE INDEX "public"."idx_qrtz_t_nft_misfire" ON "public"."qrtz_triggers"("sched_name" NULLS LAST, "misfire_instr" NULLS LAST, "next_fire_time" NULLS LAST);  
CREATE INDEX "public"."idx_qrtz_t_nft_st_misfire" ON "public"."qrtz_triggers"("sched_name" NULLS LAST, "misfire_instr" NULLS LAST, "next_fire_time" NULLS LAST, "trigger_state" NULLS LAST);   
CREATE INDEX "public"."idx_qrtz_t_nft_st_misfire_grp" ON "public"."qrtz_triggers"("sched_name" NULLS LAST, "misfire_instr" NULLS LAST, "next_fire_time" NULLS LAST, "trigger_group" NULLS LAST, "trigger_state" NULLS LAST);   
CREATE CACHED TABLE "public"."qrtz_simple_triggers"(
    "sched_name" CHARACTER VARYING(120) NOT NULL,
    "trigger_name" CHARACTER VARYING(200) NOT NULL,
    "trigger_group" CHARACTER VARYING(200) NOT NULL,
    "repeat_count" BIGINT NOT NULL,
    "repeat_interval" BIGINT NOT NULL,
    "times_triggered" BIGINT NOT NULL
);            
ALTER TABLE "public"."qrtz_simple_triggers" ADD CONSTRAINT "public"."CONSTRAINT_8" PRIMARY KEY("sched_name", "trigger_name", "trigger_group"); 
-- 2 +/- SELECT COUNT(*) FROM public.qrtz_simple_triggers;     
INSERT INTO "public"."qrtz_simple_triggers" VALUES('avatar-monitor', '0198a1b2-0000-7000-8000-000000000001', 'avatar', -1, 60000, 0);          
INSERT INTO "public"."qrtz_simple_triggers" VALUES('avatar-monitor', '0198a1b2-0000-7000-8000-000000000002', 'avatar', -1, 60000, 0);          
CREATE CACHED TABLE "public"."qrtz_cron_triggers"(
    "sched_name" CHARACTER VARYING(120) NOT NULL,
    "trigger_name" CHARACTER VARYING(200) NOT NULL,
    "trigger_group" CHARACTER VARYING(200) NOT NULL,
    "cron_expression" CHARACTER VARYING(120) NOT NULL,
    "time_zone_id" CHARACTER VARYING(80)
);               
ALTER TABLE "public"."qrtz_cron_triggers" ADD CONSTRAINT "public"."CONSTRAINT_1" PRIMARY KEY("sched_name", "trigger_name", "trigger_group");   
-- 0 +/- SELECT COUNT(*) FROM public.qrtz_cron_triggers;       
CREATE CACHED TABLE "public"."qrtz_simprop_triggers"(
    "sched_name" CHARACTER VARYING(120) NOT NULL,
    "trigger_name" CHARACTER VARYING(200) NOT NULL,
    "trigger_group" CHARACTER VARYING(200) NOT NULL,
    "str_prop_1" CHARACTER VARYING(512),
    "str_prop_2" CHARACTER VARYING(512),
    "str_prop_3" CHARACTER VARYING(512),
    "int_prop_1" INTEGER,
    "int_prop_2" INTEGER,
    "long_prop_1" BIGINT,
    "long_prop_2" BIGINT,
    "dec_prop_1" NUMERIC(13, 4),
    "dec_prop_2" NUMERIC(13, 4),
    "bool_prop_1" BOOLEAN,
    "bool_prop_2" BOOLEAN
);  
ALTER TABLE "public"."qrtz_simprop_triggers" ADD CONSTRAINT "public"."CONSTRAINT_7" PRIMARY KEY("sched_name", "trigger_name", "trigger_group");
-- 0 +/- SELECT COUNT(*) FROM public.qrtz_simprop_triggers;    
CREATE CACHED TABLE "public"."qrtz_blob_triggers"(
    "sched_name" CHARACTER VARYING(120) NOT NULL,
    "trigger_name" CHARACTER VARYING(200) NOT NULL,
    "trigger_group" CHARACTER VARYING(200) NOT NULL,
    "blob_data" BINARY VARYING
);
ALTER TABLE "public"."qrtz_blob_triggers" ADD CONSTRAINT "public"."CONSTRAINT_895" PRIMARY KEY("sched_name", "trigger_name", "trigger_group"); 
-- 0 +/- SELECT COUNT(*) FROM public.qrtz_blob_triggers;       
CREATE CACHED TABLE "public"."qrtz_calendars"(
    "sched_name" CHARACTER VARYING(120) NOT NULL,
    "calendar_name" CHARACTER VARYING(200) NOT NULL,
    "calendar" BINARY VARYING NOT NULL
);
ALTER TABLE "public"."qrtz_calendars" ADD CONSTRAINT "public"."CONSTRAINT_B8" PRIMARY KEY("sched_name", "calendar_name");      
-- 0 +/- SELECT COUNT(*) FROM public.qrtz_calendars;           
CREATE CACHED TABLE "public"."qrtz_paused_trigger_grps"(
    "sched_name" CHARACTER VARYING(120) NOT NULL,
    "trigger_group" CHARACTER VARYING(200) NOT NULL
);              
ALTER TABLE "public"."qrtz_paused_trigger_grps" ADD CONSTRAINT "public"."CONSTRAINT_2" PRIMARY KEY("sched_name", "trigger_group");             
-- 0 +/- SELECT COUNT(*) FROM public.qrtz_paused_trigger_grps; 
CREATE CACHED TABLE "public"."qrtz_fired_triggers"(
    "sched_name" CHARACTER VARYING(120) NOT NULL,
    "entry_id" CHARACTER VARYING(95) NOT NULL,
    "trigger_name" CHARACTER VARYING(200) NOT NULL,
    "trigger_group" CHARACTER VARYING(200) NOT NULL,
    "instance_name" CHARACTER VARYING(200) NOT NULL,
    "fired_time" BIGINT NOT NULL,
    "sched_time" BIGINT NOT NULL,
    "priority" INTEGER NOT NULL,
    "state" CHARACTER VARYING(16) NOT NULL,
    "job_name" CHARACTER VARYING(200),
    "job_group" CHARACTER VARYING(200),
    "is_nonconcurrent" BOOLEAN,
    "requests_recovery" BOOLEAN
);          
ALTER TABLE "public"."qrtz_fired_triggers" ADD CONSTRAINT "public"."CONSTRAINT_7F" PRIMARY KEY("sched_name", "entry_id");      
-- 0 +/- SELECT COUNT(*) FROM public.qrtz_fired_triggers;      
CREATE INDEX "public"."idx_qrtz_ft_trig_inst_name" ON "public"."qrtz_fired_triggers"("sched_name" NULLS LAST, "instance_name" NULLS LAST);     
CREATE INDEX "public"."idx_qrtz_ft_inst_job_req_rcvry" ON "public"."qrtz_fired_triggers"("sched_name" NULLS LAST, "instance_name" NULLS LAST, "requests_recovery" NULLS LAST); 
CREATE INDEX "public"."idx_qrtz_ft_j_g" ON "public"."qrtz_fired_triggers"("sched_name" NULLS LAST, "job_name" NULLS LAST, "job_group" NULLS LAST);             
CREATE INDEX "public"."idx_qrtz_ft_jg" ON "public"."qrtz_fired_triggers"("sched_name" NULLS LAST, "job_group" NULLS LAST);     
CREATE INDEX "public"."idx_qrtz_ft_t_g" ON "public"."qrtz_fired_triggers"("sched_name" NULLS LAST, "trigger_name" NULLS LAST, "trigger_group" NULLS LAST);     
CREATE INDEX "public"."idx_qrtz_ft_tg" ON "public"."qrtz_fired_triggers"("sched_name" NULLS LAST, "trigger_group" NULLS LAST); 
CREATE CACHED TABLE "public"."qrtz_scheduler_state"(
    "sched_name" CHARACTER VARYING(120) NOT NULL,
    "instance_name" CHARACTER VARYING(200) NOT NULL,
    "last_checkin_time" BIGINT NOT NULL,
    "checkin_interval" BIGINT NOT NULL
); 
ALTER TABLE "public"."qrtz_scheduler_state" ADD CONSTRAINT "public"."CONSTRAINT_3" PRIMARY KEY("sched_name", "instance_name"); 
-- 0 +/- SELECT COUNT(*) FROM public.qrtz_scheduler_state;     
CREATE CACHED TABLE "public"."qrtz_locks"(
    "sched_name" CHARACTER VARYING(120) NOT NULL,
    "lock_name" CHARACTER VARYING(40) NOT NULL
); 
ALTER TABLE "public"."qrtz_locks" ADD CONSTRAINT "public"."CONSTRAINT_C" PRIMARY KEY("sched_name", "lock_name");               
-- 2 +/- SELECT COUNT(*) FROM public.qrtz_locks;               
INSERT INTO "public"."qrtz_locks" VALUES('avatar-monitor', 'TRIGGER_ACCESS');  
INSERT INTO "public"."qrtz_locks" VALUES('avatar-monitor', 'STATE_ACCESS');    
CREATE CACHED TABLE "public"."avatar_event"(
    "id" BIGINT GENERATED ALWAYS AS IDENTITY(START WITH 1 RESTART WITH 6) NOT NULL,
    "at" TIMESTAMP WITH TIME ZONE NOT NULL,
    "avatar_id" UUID,
    "fal_request_id" CHARACTER VARYING(255),
    "worker" CHARACTER VARYING(200) NOT NULL,
    "type" CHARACTER VARYING(30) NOT NULL,
    "detail" JSON NOT NULL
);         
ALTER TABLE "public"."avatar_event" ADD CONSTRAINT "public"."CONSTRAINT_D" PRIMARY KEY("id");  
-- 5 +/- SELECT COUNT(*) FROM public.avatar_event;             
INSERT INTO "public"."avatar_event"("id", "at", "avatar_id", "fal_request_id", "worker", "type", "detail") OVERRIDING SYSTEM VALUE VALUES(1, TIMESTAMP WITH TIME ZONE '2026-11-30 03:33:56.350591+00', NULL, NULL, 'cli', 'operator_action', JSON '{"action":"migrate","outcome":"15 applied","actor":"root","channel":"cli","address":"vm"}');
INSERT INTO "public"."avatar_event"("id", "at", "avatar_id", "fal_request_id", "worker", "type", "detail") OVERRIDING SYSTEM VALUE VALUES(2, TIMESTAMP WITH TIME ZONE '2026-11-30 03:34:08.922394+00', UUID '0198a1b2-0000-7000-8000-000000000003', '2b9c7d2e-5a4f-4b6c-8f1d-2e3a4b5c6d7e', 'w1', 'completed', JSON '{"reason":"x"}');         
INSERT INTO "public"."avatar_event"("id", "at", "avatar_id", "fal_request_id", "worker", "type", "detail") OVERRIDING SYSTEM VALUE VALUES(3, TIMESTAMP WITH TIME ZONE '2026-11-30 03:34:21.037133+00', UUID '0198a1b2-0000-7000-8000-000000000001', '0b9c7d2e-5a4f-4b6c-8f1d-2e3a4b5c6d7e', 'cli.vm-6691dbb1', 'watching', JSON '{"window_ends_at":"2026-11-30T04:34:25.158Z"}');              
INSERT INTO "public"."avatar_event"("id", "at", "avatar_id", "fal_request_id", "worker", "type", "detail") OVERRIDING SYSTEM VALUE VALUES(4, TIMESTAMP WITH TIME ZONE '2026-11-30 03:34:21.037133+00', UUID '0198a1b2-0000-7000-8000-000000000002', '1b9c7d2e-5a4f-4b6c-8f1d-2e3a4b5c6d7e', 'cli.vm-6691dbb1', 'watching', JSON '{"window_ends_at":"2026-11-30T04:34:37.159Z"}');              
INSERT INTO "public"."avatar_event"("id", "at", "avatar_id", "fal_request_id", "worker", "type", "detail") OVERRIDING SYSTEM VALUE VALUES(5, TIMESTAMP WITH TIME ZONE '2026-11-30 03:34:21.920446+00', NULL, NULL, 'cli.vm-6691dbb1', 'operator_action', JSON '{"action":"reconcile","outcome":"done","reason":"trainings taken under watch: 2","actor":"root","channel":"cli","address":"vm"}');              
CREATE INDEX "public"."idx_avatar_event_avatar" ON "public"."avatar_event"("avatar_id" NULLS LAST, "id" NULLS LAST);           
CREATE INDEX "public"."idx_avatar_event_at" ON "public"."avatar_event"("at" NULLS LAST);       
CREATE INDEX "public"."idx_avatar_event_type" ON "public"."avatar_event"("type" NULLS LAST, "at" NULLS LAST);  
CREATE CACHED TABLE "public"."avatars"(
    "id" UUID NOT NULL,
    "name" CHARACTER VARYING(100),
    "training_type" CHARACTER VARYING(20),
    "status" CHARACTER VARYING(40) NOT NULL,
    "fal_request_id" CHARACTER VARYING(255),
    "training_started_at" TIMESTAMP WITH TIME ZONE,
    "training_completed_at" TIMESTAMP WITH TIME ZONE,
    "training_progress" INTEGER,
    "last_status_check" TIMESTAMP WITH TIME ZONE,
    "training_error" CHARACTER VARYING,
    "finetune_id" CHARACTER VARYING(255),
    "diffusers_lora_file_url" CHARACTER VARYING(500),
    "config_file_url" CHARACTER VARYING(500),
    "fal_response_data" JSON,
    "updated_at" TIMESTAMP WITH TIME ZONE
);          
ALTER TABLE "public"."avatars" ADD CONSTRAINT "public"."CONSTRAINT_DA" PRIMARY KEY("id");      
-- 3 +/- SELECT COUNT(*) FROM public.avatars;  
INSERT INTO "public"."avatars" VALUES(UUID '0198a1b2-0000-7000-8000-000000000001', 'Ada', 'PORTRAIT', 'TRAINING', '0b9c7d2e-5a4f-4b6c-8f1d-2e3a4b5c6d7e', TIMESTAMP WITH TIME ZONE '2026-11-30 03:34:08.922394+00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, TIMESTAMP WITH TIME ZONE '2026-11-30 03:34:08.922394+00'); 
INSERT INTO "public"."avatars" VALUES(UUID '0198a1b2-0000-7000-8000-000000000002', 'Ben', 'style', 'training', '1b9c7d2e-5a4f-4b6c-8f1d-2e3a4b5c6d7e', TIMESTAMP WITH TIME ZONE '2026-11-30 03:34:08.922394+00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, TIMESTAMP WITH TIME ZONE '2026-11-30 03:34:08.922394+00');    
INSERT INTO "public"."avatars" VALUES(UUID '0198a1b2-0000-7000-8000-000000000003', 'Cleo', 'STYLE', 'COMPLETED', '2b9c7d2e-5a4f-4b6c-8f1d-2e3a4b5c6d7e', TIMESTAMP WITH TIME ZONE '2026-11-30 03:34:08.922394+00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, TIMESTAMP WITH TIME ZONE '2026-11-30 03:34:08.922394+00');  
CREATE FORCE VIEW "public"."avatar_monitor_training"("avatar_id", "status", "training_type", "fal_request_id", "training_started_at", "invalid") AS
SELECT
    "avatar_id",
    "status",
    "training_type",
    "fal_request_id",
    "training_started_at",
    CASE WHEN "avatar_id" IS NULL THEN 'no id' WHEN ("fal_request_id" IS NULL)
        OR (TRIM(TRANSLATE("fal_request_id", U&'\0009\000a\000b\000c\000d', '     ')) = '') THEN 'no fal_request_id' WHEN NOT REGEXP_LIKE("fal_request_id", '^[A-Za-z0-9-]{1,64}\z') THEN 'fal_request_id is not one that fal gives' WHEN ("training_type" IS NULL)
        OR (TRANSLATE("training_type", 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') NOT IN(    SELECT DISTINCT
            "type"."name"
        FROM "public"."avatar_monitor_training_type" "type")) THEN 'unknown training_type' WHEN (TRIM(TRANSLATE("fal_endpoint", U&'\0009\000a\000b\000c\000d', '     ')) <> '')
        AND ((CHAR_LENGTH("fal_endpoint") > 200)
        OR (NOT REGEXP_LIKE("fal_endpoint", '^(?!(?:workflows|comfy)/[^/]*\z)(?!\.{1,2}(?:/|\z))[A-Za-z0-9._-]{1,100}(?:/(?!\.{1,2}(?:/|\z))[A-Za-z0-9._-]{1,100})+\z'))) THEN 'fal_endpoint is not owner/app' WHEN "training_started_at" IS NULL THEN 'no training_started_at' WHEN "training_started_at" > (CURRENT_TIMESTAMP + INTERVAL '60' SECOND) THEN 'training_started_at lies in the future' END AS "invalid"
FROM (
    SELECT
        "absent"."avatar_id",
        "absent"."status",
        "absent"."training_type",
        "absent"."fal_request_id",
        "absent"."training_started_at",
        (SELECT
            LEFT(CAST("fal_endpoint" AS CHARACTER VARYING), 300)
        FROM "public"."avatars" "own"
        WHERE "own"."id" = "absent"."avatar_id") AS "fal_endpoint"
    FROM (
        SELECT
            "id" AS "avatar_id",
            CAST(NULL AS CHARACTER VARYING) AS "fal_endpoint",
            LEFT(CAST("status" AS CHARACTER VARYING), 100) AS "status",
            LEFT(CAST("training_type" AS CHARACTER VARYING), 100) AS "training_type",
            LEFT(CAST("fal_request_id" AS CHARACTER VARYING), 100) AS "fal_request_id",
            CAST("training_started_at" AS TIMESTAMP WITH TIME ZONE) AS "training_started_at"
        FROM "public"."avatars"
        WHERE TRANSLATE(CAST("status" AS CHARACTER VARYING), 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') = 'TRAINING'
    ) "absent"
) "trainings";          
CREATE FORCE VIEW "public"."avatar_monitor_trigger"("trigger_group", "trigger_name", "avatar_id", "job_group", "job_name", "trigger_type", "trigger_state", "next_fire_at", "end_at") AS
SELECT
    "t"."trigger_group",
    "t"."trigger_name",
    CASE WHEN ("t"."trigger_group" = 'avatar')
        AND REGEXP_LIKE("t"."trigger_name", '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$') THEN CAST("t"."trigger_name" AS UUID) END AS "avatar_id",
    "t"."job_group",
    "t"."job_name",
    "t"."trigger_type",
    "t"."trigger_state",
    CASE WHEN "t"."next_fire_time" > CAST(0 AS BIGINT) THEN DATEADD(MILLISECOND, "t"."next_fire_time", TIMESTAMP WITH TIME ZONE '1970-01-01 00:00:00+00') END AS "next_fire_at",
    CASE WHEN "t"."end_time" > CAST(0 AS BIGINT) THEN DATEADD(MILLISECOND, "t"."end_time", TIMESTAMP WITH TIME ZONE '1970-01-01 00:00:00+00') END AS "end_at"
FROM "public"."qrtz_triggers" "t"
WHERE "t"."sched_name" = 'avatar-monitor';            
CREATE FORCE VIEW "public"."avatar_monitor_worker"("instance_name", "last_check_in_at", "check_in_seconds") AS
SELECT
    "instance_name",
    DATEADD(MILLISECOND, "last_checkin_time", TIMESTAMP WITH TIME ZONE '1970-01-01 00:00:00+00') AS "last_check_in_at",
    "checkin_interval" / 1000.0 AS "check_in_seconds"
FROM "public"."qrtz_scheduler_state"
WHERE "sched_name" = 'avatar-monitor';           
CREATE FORCE VIEW "public"."avatar_monitor_trigger_health"("trigger_group", "trigger_name", "avatar_id", "state", "problem", "paused", "next_check_at", "window_ends_at", "seconds_late", "worker", "kind", "interval_ms") AS
SELECT
    "trigger_group",
    "trigger_name",
    "avatar_id",
    "state",
    CASE "kind" WHEN 'error' THEN 'in state ' || "trigger_state" || ', Quartz never fires it again' WHEN 'half' THEN 'its row in qrtz_simple_triggers is missing' WHEN 'finished' THEN 'finished but not removed' WHEN 'orphaned' THEN 'left in state ' || "trigger_state" || ' by a worker that is gone' WHEN 'timeless' THEN 'it has no next time to fire' WHEN 'future' THEN 'its next time is further ahead than its interval: a clock was wrong' WHEN 'expired' THEN 'its window has ended but it was not removed' END AS "problem",
    "paused",
    "next_check_at",
    "window_ends_at",
    "seconds_late",
    "worker",
    "kind",
    "interval_ms"
FROM (
    SELECT
        "t"."trigger_group",
        "t"."trigger_name",
        "t"."avatar_id",
        "t"."trigger_state",
        CASE WHEN "f"."executing" > CAST(0 AS BIGINT) THEN 'checking' WHEN "t"."trigger_state" = 'WAITING' THEN 'waiting' WHEN "t"."trigger_state" = 'ACQUIRED' THEN 'about to check' WHEN "t"."trigger_state" = 'COMPLETE' THEN 'finished' WHEN "t"."trigger_state" = 'PAUSED_BLOCKED' THEN 'paused' ELSE TRANSLATE("t"."trigger_state", 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz') END AS "state",
        CASE WHEN "t"."trigger_state" NOT IN('WAITING', 'ACQUIRED', 'BLOCKED', 'COMPLETE', 'PAUSED', 'PAUSED_BLOCKED') THEN 'error' WHEN ("s"."trigger_name" IS NULL)
            AND (("t"."trigger_group" = 'avatar')
            OR ("t"."trigger_type" = 'SIMPLE')) THEN 'half' WHEN ("f"."trigger_name" IS NULL)
            AND ("t"."trigger_state" = 'COMPLETE') THEN 'finished' WHEN ("t"."trigger_state" IN('ACQUIRED', 'BLOCKED'))
            AND ("f"."trigger_name" IS NULL)
            AND ((NOT EXISTS(    SELECT
                1
            FROM "public"."qrtz_fired_triggers" "other"
            WHERE ("other"."job_group" = "t"."job_group")
                AND ("other"."sched_name" = 'avatar-monitor')
                AND ("other"."job_name" = "t"."job_name")))
            OR ("t"."trigger_state" <> 'BLOCKED')
            OR ("t"."trigger_group" = 'avatar')) THEN 'orphaned' WHEN ("t"."trigger_state" = 'WAITING')
            AND ("t"."next_fire_at" IS NULL) THEN 'timeless' WHEN ("t"."trigger_group" IN('avatar', 'maintenance'))
            AND ("t"."trigger_state" = 'WAITING')
            AND ("t"."next_fire_at" > ((CURRENT_TIMESTAMP + INTERVAL '10' SECOND) + (INTERVAL '1' SECOND * (LEAST(CASE WHEN "s"."repeat_interval" > CAST(0 AS BIGINT) THEN "s"."repeat_interval" ELSE COALESCE((SELECT
            "h"."repeat_interval"
        FROM "public"."qrtz_simple_triggers" "h"
        WHERE ("h"."sched_name" = 'avatar-monitor')
            AND ("h"."trigger_group" = 'maintenance')
            AND ("h"."trigger_name" = 'hourly')), 3600000) END, 8640000000) IGNORE NULLS / 1000.0)))) THEN 'future' WHEN ("f"."trigger_name" IS NULL)
            AND ("t"."end_at" < (CURRENT_TIMESTAMP - INTERVAL '2' MINUTE)) THEN 'expired' END AS "kind",
        "t"."trigger_state" IN('PAUSED', 'PAUSED_BLOCKED') AS "paused",
        "t"."next_fire_at" AS "next_check_at",
        "t"."end_at" AS "window_ends_at",
        CASE WHEN "t"."next_fire_at" < CURRENT_TIMESTAMP THEN CAST(FLOOR(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP - "t"."next_fire_at")) AS BIGINT) ELSE 0 END AS "seconds_late",
        "f"."worker",
        "s"."repeat_interval" AS "interval_ms"
    FROM "public"."avatar_monitor_trigger" "t"
    LEFT OUTER JOIN "public"."qrtz_simple_triggers" "s"
        ON ("s"."sched_name" = 'avatar-monitor')
        AND ("s"."trigger_group" = "t"."trigger_group")
        AND ("s"."trigger_name" = "t"."trigger_name")
    LEFT OUTER JOIN (
        SELECT
            "trigger_group",
            "trigger_name",
            MAX("instance_name") AS "worker",
            COUNT(*) FILTER (WHERE "state" = 'EXECUTING') AS "executing"
        FROM "public"."qrtz_fired_triggers"
        WHERE "sched_name" = 'avatar-monitor'
        GROUP BY "trigger_group", "trigger_name"
    ) "f"
        ON ("f"."trigger_group" = "t"."trigger_group")
        AND ("f"."trigger_name" = "t"."trigger_name")
) "judged";         
CREATE FORCE VIEW "public"."v_watched"("avatar_id", "fal_request_id", "fal_status", "queue_position", "trigger_state", "next_check_at", "last_check_at", "window_ends_at", "seconds_late", "checks", "failures_in_row", "last_error", "worker", "last_answered_at") AS
SELECT
    "t"."avatar_id",
    "m"."fal_request_id",
    "m"."last_fal_status" AS "fal_status",
    "m"."queue_position",
    "t"."state" AS "trigger_state",
    "t"."next_check_at",
    "m"."last_checked_at" AS "last_check_at",
    "t"."window_ends_at",
    GREATEST("t"."seconds_late", COALESCE(CAST(FLOOR(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP - COALESCE("m"."last_answered_at", CASE WHEN "m"."failures_in_row" = 0 THEN "m"."last_checked_at" END, "m"."watched_since")) - ("t"."interval_ms" / 1000.0)) AS BIGINT), 0)) IGNORE NULLS AS "seconds_late",
    "m"."checks",
    "m"."failures_in_row",
    "m"."last_error",
    COALESCE("t"."worker", "m"."last_worker") AS "worker",
    "m"."last_answered_at"
FROM "public"."avatar_monitor_trigger_health" "t"
LEFT OUTER JOIN "public"."avatar_monitoring" "m"
    ON "m"."avatar_id" = "t"."avatar_id"
WHERE ("t"."problem" IS NULL)
    AND ("t"."avatar_id" IS NOT NULL);        
CREATE FORCE VIEW "public"."v_unwatched"("avatar_id", "why", "fal_request_id", "training_type", "training_started_at", "seconds_since_start", "last_outcome", "last_watch_ended_at", "last_error", "state") AS
SELECT
    "a"."avatar_id",
    CASE WHEN "a"."invalid" IS NOT NULL THEN "a"."invalid" WHEN "t"."problem" IS NOT NULL THEN 'trigger broken: ' || "t"."problem" WHEN ("m"."outcome" IS NOT NULL)
        AND ("m"."fal_request_id" = "a"."fal_request_id") THEN 'watch ended: ' || REPLACE("m"."outcome", '_', ' ') ELSE 'no trigger' END AS "why",
    "a"."fal_request_id",
    "a"."training_type",
    "a"."training_started_at",
    CASE WHEN ("a"."training_started_at" > TIMESTAMP WITH TIME ZONE '0001-01-01 00:00:00+00')
        AND ("a"."training_started_at" < TIMESTAMP WITH TIME ZONE '9999-12-31 00:00:00+00') THEN CAST(FLOOR(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP - "a"."training_started_at")) AS BIGINT) END AS "seconds_since_start",
    "m"."outcome" AS "last_outcome",
    "m"."ended_at" AS "last_watch_ended_at",
    "m"."last_error",
    CASE WHEN "a"."invalid" IS NOT NULL THEN 'invalid' WHEN ("m"."outcome" = 'stalled')
        AND ("m"."fal_request_id" = "a"."fal_request_id") THEN 'stalled' ELSE 'unmonitored' END AS "state"
FROM "public"."avatar_monitor_candidate" "a"
LEFT OUTER JOIN "public"."avatar_monitor_trigger_health" "t"
    ON ("t"."trigger_group" = 'avatar')
    AND ("t"."trigger_name" = CAST("a"."avatar_id" AS CHARACTER VARYING))
LEFT OUTER JOIN "public"."avatar_monitoring" "m"
    ON "m"."avatar_id" = "a"."avatar_id"
WHERE ("t"."trigger_name" IS NULL)
    OR ("t"."problem" IS NOT NULL);              
CREATE FORCE VIEW "public"."v_stalled"("avatar_id", "fal_request_id", "training_type", "training_started_at", "stalled_at", "rounds", "checks", "last_check_at", "fal_status", "last_error") AS
SELECT
    "a"."avatar_id",
    "a"."fal_request_id",
    "a"."training_type",
    "a"."training_started_at",
    "m"."ended_at" AS "stalled_at",
    "m"."rounds",
    "m"."checks",
    "m"."last_checked_at" AS "last_check_at",
    "m"."last_fal_status" AS "fal_status",
    "m"."last_error"
FROM "public"."avatar_monitor_training" "a"
INNER JOIN "public"."avatar_monitoring" "m"
    ON 1=1
WHERE ("m"."fal_request_id" IS NOT DISTINCT FROM "a"."fal_request_id")
    AND ("m"."outcome" = 'stalled')
    AND ("m"."avatar_id" = "a"."avatar_id"); 
CREATE FORCE VIEW "public"."v_stuck_triggers"("trigger_group", "trigger_name", "avatar_id", "trigger_state", "problem", "next_check_at", "window_ends_at", "worker") AS
(SELECT
    "t"."trigger_group",
    "t"."trigger_name",
    "t"."avatar_id",
    "t"."state" AS "trigger_state",
    COALESCE("t"."problem", 'paused') AS "problem",
    "t"."next_check_at",
    "t"."window_ends_at",
    "t"."worker"
FROM "public"."avatar_monitor_trigger_health" "t"
WHERE "t"."paused"
    OR ("t"."problem" IS NOT NULL))
UNION ALL
(SELECT
    "g"."trigger_group",
    NULL,
    NULL,
    'paused',
    'the whole group is paused, new triggers too',
    NULL,
    NULL,
    NULL
FROM "public"."qrtz_paused_trigger_grps" "g"
WHERE "g"."sched_name" = 'avatar-monitor');               
CREATE FORCE VIEW "public"."v_workers"("instance", "last_check_in_at", "alive", "running_checks", "check_in_seconds", "started_at", "version", "http", "checks_per_second", "late_p50_ms", "late_p95_ms", "late_p99_ms", "fal_paused_until", "fal_pause_reason", "fal_paused_since", "fal_refused", "clock_behind_ms", "requests_last_minute", "answered_last_minute", "fal_silent_since", "fal_last_failure", "requests_per_second_max", "interval_ms") AS
SELECT
    "w"."instance_name" AS "instance",
    "w"."last_check_in_at" + (INTERVAL '1' SECOND * (COALESCE("s"."clock_behind_ms", 0) / 1000.0)) AS "last_check_in_at",
    ("w"."last_check_in_at" + (INTERVAL '1' SECOND * (COALESCE("s"."clock_behind_ms", 0) / 1000.0))) > (CURRENT_TIMESTAMP - (INTERVAL '1' SECOND * (5 * "w"."check_in_seconds"))) AS "alive",
    (SELECT
        COUNT(*)
    FROM "public"."qrtz_fired_triggers" "f"
    WHERE ("f"."trigger_group" = 'avatar')
        AND ("f"."state" = 'EXECUTING')
        AND ("f"."sched_name" = 'avatar-monitor')
        AND ("f"."instance_name" = "w"."instance_name")) AS "running_checks",
    "w"."check_in_seconds",
    "s"."started_at",
    "s"."version",
    "s"."http",
    "s"."checks_per_second",
    "s"."late_p50_ms",
    "s"."late_p95_ms",
    "s"."late_p99_ms",
    "p"."fal_paused_until",
    CAST("p"."fal_pause_reason" AS CHARACTER VARYING) AS "fal_pause_reason",
    "p"."fal_paused_since",
    "p"."fal_refused",
    "s"."clock_behind_ms",
    CASE WHEN "s"."at" > (CURRENT_TIMESTAMP - INTERVAL '1' MINUTE) THEN "s"."requests_last_minute" END AS "requests_last_minute",
    CASE WHEN "s"."at" > (CURRENT_TIMESTAMP - INTERVAL '1' MINUTE) THEN "s"."answered_last_minute" END AS "answered_last_minute",
    CASE WHEN "s"."at" > (CURRENT_TIMESTAMP - INTERVAL '1' MINUTE) THEN "s"."fal_silent_since" END AS "fal_silent_since",
    CASE WHEN "s"."at" > (CURRENT_TIMESTAMP - INTERVAL '1' MINUTE) THEN "s"."fal_last_failure" END AS "fal_last_failure",
    "s"."requests_per_second_max",
    "s"."interval_ms"
FROM "public"."avatar_monitor_worker" "w"
LEFT OUTER JOIN "public"."avatar_monitor_worker_status" "s"
    ON "s"."instance" = "w"."instance_name"
LEFT OUTER JOIN "public"."avatar_monitor_worker_status" "p"
    ON ("p"."instance" = "w"."instance_name")
    AND (("p"."fal_paused_until" > CURRENT_TIMESTAMP)
    OR (("p"."fal_refused" IN('key', 'account'))
    AND ("p"."at" > (CURRENT_TIMESTAMP - INTERVAL '1' MINUTE))));              
CREATE FORCE VIEW "public"."v_recent_events"("id", "at", "avatar_id", "fal_request_id", "worker", "type", "detail") AS
SELECT
    "id",
    "at",
    "avatar_id",
    "fal_request_id",
    "worker",
    "type",
    "detail"
FROM "public"."avatar_event"
WHERE "at" > (CURRENT_TIMESTAMP - INTERVAL '7' DAY)
ORDER BY 1 DESC;              
CREATE CACHED TABLE "public"."avatar_monitor_scan"(
    "id" INTEGER NOT NULL,
    "at" TIMESTAMP WITH TIME ZONE NOT NULL,
    "worker" CHARACTER VARYING(200)
);              
ALTER TABLE "public"."avatar_monitor_scan" ADD CONSTRAINT "public"."CONSTRAINT_DA0" PRIMARY KEY("id");         
-- 1 +/- SELECT COUNT(*) FROM public.avatar_monitor_scan;      
INSERT INTO "public"."avatar_monitor_scan" VALUES(1, TIMESTAMP WITH TIME ZONE '2026-11-29 03:33:50.968768+00', NULL);          
CREATE CACHED TABLE "public"."avatar_monitor_check"(
    "id" BIGINT GENERATED ALWAYS AS IDENTITY(START WITH 1) NOT NULL,
    "at" TIMESTAMP WITH TIME ZONE NOT NULL,
    "avatar_id" UUID NOT NULL,
    "fal_request_id" CHARACTER VARYING(255),
    "worker" CHARACTER VARYING(200) NOT NULL,
    "outcome" CHARACTER VARYING(40) NOT NULL,
    "fal_status" CHARACTER VARYING(40),
    "queue_position" INTEGER,
    "progress" INTEGER,
    "took_ms" BIGINT NOT NULL,
    "error" CHARACTER VARYING(1000)
);              
ALTER TABLE "public"."avatar_monitor_check" ADD CONSTRAINT "public"."CONSTRAINT_66" PRIMARY KEY("id");         
-- 0 +/- SELECT COUNT(*) FROM public.avatar_monitor_check;     
CREATE INDEX "public"."idx_avatar_monitor_check_avatar" ON "public"."avatar_monitor_check"("avatar_id" NULLS LAST, "id" NULLS LAST);           
CREATE INDEX "public"."idx_avatar_monitor_check_at" ON "public"."avatar_monitor_check"("at" NULLS LAST);       
CREATE CACHED TABLE "public"."avatar_monitor_reconcile"(
    "id" INTEGER NOT NULL,
    "at" TIMESTAMP WITH TIME ZONE,
    "worker" CHARACTER VARYING(200)
);  
ALTER TABLE "public"."avatar_monitor_reconcile" ADD CONSTRAINT "public"."CONSTRAINT_A" PRIMARY KEY("id");      
-- 1 +/- SELECT COUNT(*) FROM public.avatar_monitor_reconcile; 
INSERT INTO "public"."avatar_monitor_reconcile" VALUES(1, TIMESTAMP WITH TIME ZONE '2026-11-30 03:34:21.884192+00', 'cli.vm-6691dbb1');        
CREATE CACHED TABLE "public"."avatar_monitor_outbox"(
    "event_id" BIGINT NOT NULL
);        
ALTER TABLE "public"."avatar_monitor_outbox" ADD CONSTRAINT "public"."CONSTRAINT_7F1" PRIMARY KEY("event_id"); 
-- 0 +/- SELECT COUNT(*) FROM public.avatar_monitor_outbox;    
CREATE CACHED TABLE "public"."avatar_monitor_outbox_lock"(
    "id" INTEGER NOT NULL
);        
ALTER TABLE "public"."avatar_monitor_outbox_lock" ADD CONSTRAINT "public"."CONSTRAINT_E" PRIMARY KEY("id");    
-- 1 +/- SELECT COUNT(*) FROM public.avatar_monitor_outbox_lock;               
INSERT INTO "public"."avatar_monitor_outbox_lock" VALUES(1);   
CREATE CACHED TABLE "public"."avatar_monitor_alert"(
    "kind" CHARACTER VARYING(30) NOT NULL,
    "state" CHARACTER VARYING(10) NOT NULL,
    "began_at" TIMESTAMP WITH TIME ZONE NOT NULL,
    "last_at" TIMESTAMP WITH TIME ZONE NOT NULL,
    "events" BIGINT NOT NULL,
    "workers" JSON NOT NULL,
    "examples" JSON NOT NULL,
    "seen_at" TIMESTAMP WITH TIME ZONE NOT NULL,
    "due_at" TIMESTAMP WITH TIME ZONE NOT NULL
);     
ALTER TABLE "public"."avatar_monitor_alert" ADD CONSTRAINT "public"."CONSTRAINT_666" PRIMARY KEY("kind");      
-- 0 +/- SELECT COUNT(*) FROM public.avatar_monitor_alert;     
CREATE CACHED TABLE "public"."avatar_monitor_delivery"(
    "id" BIGINT GENERATED ALWAYS AS IDENTITY(START WITH 1) NOT NULL,
    "channel" CHARACTER VARYING(20) NOT NULL,
    "message_id" UUID NOT NULL,
    "lane" CHARACTER VARYING(60) NOT NULL,
    "body" JSON NOT NULL,
    "state" CHARACTER VARYING(10) NOT NULL,
    "created_at" TIMESTAMP WITH TIME ZONE NOT NULL,
    "attempts" INTEGER NOT NULL,
    "next_attempt_at" TIMESTAMP WITH TIME ZONE NOT NULL,
    "claimed_by" CHARACTER VARYING(200),
    "claimed_until" TIMESTAMP WITH TIME ZONE,
    "last_error" CHARACTER VARYING(500),
    "ended_at" TIMESTAMP WITH TIME ZONE
);           
ALTER TABLE "public"."avatar_monitor_delivery" ADD CONSTRAINT "public"."CONSTRAINT_2C" PRIMARY KEY("id");      
-- 0 +/- SELECT COUNT(*) FROM public.avatar_monitor_delivery;  
CREATE INDEX "public"."idx_avatar_monitor_delivery_due" ON "public"."avatar_monitor_delivery"("state" NULLS LAST, "channel" NULLS LAST, "next_attempt_at" NULLS LAST, "id" NULLS LAST);        
CREATE INDEX "public"."idx_avatar_monitor_delivery_lane" ON "public"."avatar_monitor_delivery"("state" NULLS LAST, "channel" NULLS LAST, "lane" NULLS LAST, "id" NULLS LAST);  
CREATE INDEX "public"."idx_avatar_monitor_delivery_ended" ON "public"."avatar_monitor_delivery"("ended_at" NULLS LAST);        
CREATE CACHED TABLE "public"."avatar_monitor_answer"(
    "avatar_id" UUID NOT NULL,
    "fal_request_id" CHARACTER VARYING(255) NOT NULL,
    "at" TIMESTAMP WITH TIME ZONE NOT NULL,
    "worker" CHARACTER VARYING(200) NOT NULL,
    "ending" CHARACTER VARYING(20) NOT NULL,
    "fal_status" CHARACTER VARYING(40) NOT NULL,
    "reason" CHARACTER VARYING(1000),
    "body" JSON,
    "written_at" TIMESTAMP WITH TIME ZONE,
    "refusals" INTEGER DEFAULT 0 NOT NULL,
    "refused_since" TIMESTAMP WITH TIME ZONE,
    "sql_state" CHARACTER VARYING(5),
    "refusal" CHARACTER VARYING(1000),
    "event_id" BIGINT,
    "told_at" TIMESTAMP WITH TIME ZONE,
    "error_type" CHARACTER VARYING(500),
    "http_code" INTEGER,
    "retryable" BOOLEAN,
    "charged" CHARACTER VARYING(10)
);    
ALTER TABLE "public"."avatar_monitor_answer" ADD CONSTRAINT "public"."CONSTRAINT_66C" PRIMARY KEY("avatar_id");
-- 0 +/- SELECT COUNT(*) FROM public.avatar_monitor_answer;    
CREATE INDEX "public"."idx_avatar_monitor_answer_written" ON "public"."avatar_monitor_answer"("written_at" NULLS LAST);        
CREATE INDEX "public"."idx_avatar_monitor_answer_at" ON "public"."avatar_monitor_answer"("at" NULLS LAST);     
CREATE CACHED TABLE "public"."avatar_monitor_views"(
    "id" INTEGER NOT NULL,
    "version" INTEGER NOT NULL
);              
ALTER TABLE "public"."avatar_monitor_views" ADD CONSTRAINT "public"."CONSTRAINT_67" PRIMARY KEY("id");         
-- 1 +/- SELECT COUNT(*) FROM public.avatar_monitor_views;     
INSERT INTO "public"."avatar_monitor_views" VALUES(1, 8);      
CREATE CACHED TABLE "public"."avatar_monitor_worker_status"(
    "instance" CHARACTER VARYING(200) NOT NULL,
    "at" TIMESTAMP WITH TIME ZONE NOT NULL,
    "started_at" TIMESTAMP WITH TIME ZONE NOT NULL,
    "version" CHARACTER VARYING(60) NOT NULL,
    "http" CHARACTER VARYING(300),
    "clock_behind_ms" BIGINT NOT NULL,
    "checks_per_second" DOUBLE PRECISION NOT NULL,
    "late_p50_ms" BIGINT,
    "late_p95_ms" BIGINT,
    "late_p99_ms" BIGINT,
    "fal_paused_until" TIMESTAMP WITH TIME ZONE,
    "fal_pause_reason" CHARACTER VARYING(1000),
    "fal_paused_since" TIMESTAMP WITH TIME ZONE,
    "fal_refused" CHARACTER VARYING(10),
    "requests_last_minute" INTEGER,
    "answered_last_minute" INTEGER,
    "fal_silent_since" TIMESTAMP WITH TIME ZONE,
    "fal_last_failure" CHARACTER VARYING(100),
    "requests_per_second_max" INTEGER,
    "interval_ms" BIGINT
);    
ALTER TABLE "public"."avatar_monitor_worker_status" ADD CONSTRAINT "public"."CONSTRAINT_7C" PRIMARY KEY("instance");           
-- 0 +/- SELECT COUNT(*) FROM public.avatar_monitor_worker_status;             
CREATE CACHED TABLE "public"."avatar_monitor_training_type"(
    "name" CHARACTER VARYING(50) NOT NULL,
    "endpoint" CHARACTER VARYING(320),
    "previous_endpoint" CHARACTER VARYING(320),
    "changed_at" TIMESTAMP WITH TIME ZONE,
    "seen_at" TIMESTAMP WITH TIME ZONE NOT NULL
);   
ALTER TABLE "public"."avatar_monitor_training_type" ADD CONSTRAINT "public"."CONSTRAINT_8F" PRIMARY KEY("name");               
-- 2 +/- SELECT COUNT(*) FROM public.avatar_monitor_training_type;             
INSERT INTO "public"."avatar_monitor_training_type" VALUES('PORTRAIT', NULL, NULL, NULL, TIMESTAMP WITH TIME ZONE '2026-11-30 03:33:54.439726+00');            
INSERT INTO "public"."avatar_monitor_training_type" VALUES('STYLE', NULL, NULL, NULL, TIMESTAMP WITH TIME ZONE '2026-11-30 03:33:54.439726+00');               
CREATE CACHED TABLE "public"."avatar_monitoring"(
    "avatar_id" UUID NOT NULL,
    "fal_request_id" CHARACTER VARYING(255),
    "watched_since" TIMESTAMP WITH TIME ZONE NOT NULL,
    "window_ends_at" TIMESTAMP WITH TIME ZONE NOT NULL,
    "rounds" INTEGER DEFAULT 1 NOT NULL,
    "checks" BIGINT DEFAULT 0 NOT NULL,
    "failures_in_row" INTEGER DEFAULT 0 NOT NULL,
    "last_checked_at" TIMESTAMP WITH TIME ZONE,
    "last_fal_status" CHARACTER VARYING(40),
    "queue_position" INTEGER,
    "last_error" CHARACTER VARYING(1000),
    "last_worker" CHARACTER VARYING(200),
    "outcome" CHARACTER VARYING(40),
    "ended_at" TIMESTAMP WITH TIME ZONE,
    "doubt" CHARACTER VARYING(20),
    "doubts_in_row" INTEGER DEFAULT 0 NOT NULL,
    "doubted_since" TIMESTAMP WITH TIME ZONE,
    "write_refusals" INTEGER DEFAULT 0 NOT NULL,
    "last_answered_at" TIMESTAMP WITH TIME ZONE,
    "endpoint" CHARACTER VARYING(320)
);       
ALTER TABLE "public"."avatar_monitoring" ADD CONSTRAINT "public"."CONSTRAINT_6" PRIMARY KEY("avatar_id");      
-- 2 +/- SELECT COUNT(*) FROM public.avatar_monitoring;        
INSERT INTO "public"."avatar_monitoring" VALUES(UUID '0198a1b2-0000-7000-8000-000000000001', '0b9c7d2e-5a4f-4b6c-8f1d-2e3a4b5c6d7e', TIMESTAMP WITH TIME ZONE '2026-11-30 03:34:21.037133+00', TIMESTAMP WITH TIME ZONE '2026-11-30 04:34:25.158+00', 1, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, 0, NULL, NULL);        
INSERT INTO "public"."avatar_monitoring" VALUES(UUID '0198a1b2-0000-7000-8000-000000000002', '1b9c7d2e-5a4f-4b6c-8f1d-2e3a4b5c6d7e', TIMESTAMP WITH TIME ZONE '2026-11-30 03:34:21.037133+00', TIMESTAMP WITH TIME ZONE '2026-11-30 04:34:37.159+00', 1, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, 0, NULL, NULL);        
CREATE FORCE VIEW "public"."avatar_monitor_candidate"("avatar_id", "fal_request_id", "training_type", "training_started_at", "invalid") AS
SELECT
    "a"."avatar_id",
    "a"."fal_request_id",
    "a"."training_type",
    "a"."training_started_at",
    "a"."invalid"
FROM "public"."avatar_monitor_training" "a";        
CREATE FORCE VIEW "public"."v_future_times"("place", "times", "latest") AS
(((SELECT
    'avatar_monitor_scan' AS "place",
    COUNT(*) AS "times",
    MAX("at") AS "latest"
FROM "public"."avatar_monitor_scan"
WHERE "at" > (CURRENT_TIMESTAMP + INTERVAL '10' SECOND)
HAVING COUNT(*) > 0)
UNION ALL
(SELECT
    'avatar_monitor_reconcile',
    COUNT(*),
    MAX("at")
FROM "public"."avatar_monitor_reconcile"
WHERE "at" > (CURRENT_TIMESTAMP + INTERVAL '10' SECOND)
HAVING COUNT(*) > 0))
UNION ALL
(SELECT
    'avatar_monitor_alert',
    COUNT(*),
    MAX(GREATEST("began_at", "last_at", "seen_at", "due_at") IGNORE NULLS)
FROM "public"."avatar_monitor_alert"
WHERE GREATEST("began_at", "last_at", "seen_at") IGNORE NULLS > (CURRENT_TIMESTAMP + INTERVAL '10' SECOND)
HAVING COUNT(*) > 0))
UNION ALL
(SELECT
    'avatar_monitor_delivery',
    COUNT(*),
    MAX(GREATEST("created_at", "next_attempt_at", COALESCE("claimed_until", "created_at")) IGNORE NULLS)
FROM "public"."avatar_monitor_delivery"
WHERE ("state" = 'waiting')
    AND (("created_at" > (CURRENT_TIMESTAMP + INTERVAL '10' SECOND))
    OR ("next_attempt_at" > (CURRENT_TIMESTAMP + INTERVAL '6' MINUTE))
    OR ("claimed_until" > (CURRENT_TIMESTAMP + INTERVAL '10' MINUTE)))
HAVING COUNT(*) > 0);          
ALTER TABLE "public"."qrtz_blob_triggers" ADD CONSTRAINT "public"."CONSTRAINT_895E" FOREIGN KEY("sched_name", "trigger_name", "trigger_group") REFERENCES "public"."qrtz_triggers"("sched_name", "trigger_name", "trigger_group") NOCHECK;     
ALTER TABLE "public"."qrtz_simple_triggers" ADD CONSTRAINT "public"."CONSTRAINT_89" FOREIGN KEY("sched_name", "trigger_name", "trigger_group") REFERENCES "public"."qrtz_triggers"("sched_name", "trigger_name", "trigger_group") NOCHECK;     
ALTER TABLE "public"."qrtz_simprop_triggers" ADD CONSTRAINT "public"."CONSTRAINT_73" FOREIGN KEY("sched_name", "trigger_name", "trigger_group") REFERENCES "public"."qrtz_triggers"("sched_name", "trigger_name", "trigger_group") NOCHECK;    
ALTER TABLE "public"."qrtz_triggers" ADD CONSTRAINT "public"."CONSTRAINT_F68" FOREIGN KEY("sched_name", "job_name", "job_group") REFERENCES "public"."qrtz_job_details"("sched_name", "job_name", "job_group") NOCHECK;        
ALTER TABLE "public"."qrtz_cron_triggers" ADD CONSTRAINT "public"."CONSTRAINT_19" FOREIGN KEY("sched_name", "trigger_name", "trigger_group") REFERENCES "public"."qrtz_triggers"("sched_name", "trigger_name", "trigger_group") NOCHECK;       
GRANT ALL ON SCHEMA "public" TO "AVATAR_MONITOR";              
