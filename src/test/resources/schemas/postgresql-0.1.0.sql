--
-- PostgreSQL database dump
--


-- Dumped from database version 15.19
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: avatar_monitor_training_rows(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.avatar_monitor_training_rows() RETURNS TABLE(avatar_id uuid, status text, training_type text, fal_request_id text, training_started_at timestamp with time zone, fal_endpoint text)
    LANGUAGE sql STABLE
    SET search_path TO '$user', 'public'
    SET "TimeZone" TO 'UTC'
    SET row_security TO 'off'
    AS $$
  SELECT training.*
  FROM (SELECT NULL::varchar AS fal_endpoint) absent
  CROSS JOIN LATERAL (
    SELECT id, left(status::varchar, 100), left(training_type::varchar, 100), left(fal_request_id::varchar, 100), training_started_at::timestamptz,
           left(fal_endpoint::varchar, 300)
    FROM avatars
    WHERE upper(status::varchar COLLATE "C") = 'TRAINING'
  ) training
$$;


--
-- Name: avatar_monitor_trainings(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.avatar_monitor_trainings() RETURNS TABLE(avatar_id uuid, status text, training_type text, fal_request_id text, training_started_at timestamp with time zone)
    LANGUAGE sql STABLE
    SET search_path TO 'public', '$user', 'public'
    SET "TimeZone" TO 'UTC'
    AS $$
  SELECT id, status::text, training_type::text, fal_request_id::text, training_started_at::timestamptz
  FROM avatars
  WHERE upper(status::text) = 'TRAINING'
$$;


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: avatar_event; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.avatar_event (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    avatar_id uuid,
    fal_request_id character varying(255),
    worker character varying(200) NOT NULL,
    type character varying(30) NOT NULL,
    detail json NOT NULL
);


--
-- Name: avatar_event_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.avatar_event ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.avatar_event_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: avatar_monitor_alert; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.avatar_monitor_alert (
    kind character varying(30) NOT NULL,
    state character varying(10) NOT NULL,
    began_at timestamp with time zone NOT NULL,
    last_at timestamp with time zone NOT NULL,
    events bigint NOT NULL,
    workers json NOT NULL,
    examples json NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL
);


--
-- Name: avatar_monitor_answer; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.avatar_monitor_answer (
    avatar_id uuid NOT NULL,
    fal_request_id character varying(255) NOT NULL,
    at timestamp with time zone NOT NULL,
    worker character varying(200) NOT NULL,
    ending character varying(20) NOT NULL,
    fal_status character varying(40) NOT NULL,
    reason character varying(1000),
    body json,
    written_at timestamp with time zone,
    refusals integer DEFAULT 0 NOT NULL,
    refused_since timestamp with time zone,
    sql_state character varying(5),
    refusal character varying(1000),
    event_id bigint,
    told_at timestamp with time zone,
    error_type character varying(500),
    http_code integer,
    retryable boolean,
    charged character varying(10)
);


--
-- Name: avatar_monitor_training_type; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.avatar_monitor_training_type (
    name character varying(50) NOT NULL,
    endpoint character varying(320),
    previous_endpoint character varying(320),
    changed_at timestamp with time zone,
    seen_at timestamp with time zone NOT NULL
);


--
-- Name: avatar_monitor_training; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.avatar_monitor_training AS
 SELECT avatar_monitor_training_rows.avatar_id,
    avatar_monitor_training_rows.status,
    avatar_monitor_training_rows.training_type,
    avatar_monitor_training_rows.fal_request_id,
    avatar_monitor_training_rows.training_started_at,
        CASE
            WHEN (avatar_monitor_training_rows.avatar_id IS NULL) THEN 'no id'::text
            WHEN ((avatar_monitor_training_rows.fal_request_id IS NULL) OR (btrim(avatar_monitor_training_rows.fal_request_id, ' 	
'::text) = ''::text)) THEN 'no fal_request_id'::text
            WHEN (NOT regexp_like(avatar_monitor_training_rows.fal_request_id, '^[A-Za-z0-9-]{1,64}$'::text)) THEN 'fal_request_id is not one that fal gives'::text
            WHEN ((avatar_monitor_training_rows.training_type IS NULL) OR (NOT (upper((avatar_monitor_training_rows.training_type COLLATE "C")) IN ( SELECT type.name
               FROM public.avatar_monitor_training_type type)))) THEN 'unknown training_type'::text
            WHEN ((btrim(avatar_monitor_training_rows.fal_endpoint, ' 	
'::text) <> ''::text) AND ((length(avatar_monitor_training_rows.fal_endpoint) > 200) OR (NOT regexp_like(avatar_monitor_training_rows.fal_endpoint, '^(?!(?:workflows|comfy)/[^/]*$)(?!\.{1,2}(?:/|$))[A-Za-z0-9._-]{1,100}(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9._-]{1,100})+$'::text)))) THEN 'fal_endpoint is not owner/app'::text
            WHEN (avatar_monitor_training_rows.training_started_at IS NULL) THEN 'no training_started_at'::text
            WHEN (NOT isfinite(avatar_monitor_training_rows.training_started_at)) THEN 'training_started_at is infinite'::text
            WHEN (avatar_monitor_training_rows.training_started_at > (CURRENT_TIMESTAMP + '00:01:00'::interval second)) THEN 'training_started_at lies in the future'::text
            ELSE NULL::text
        END AS invalid
   FROM public.avatar_monitor_training_rows() avatar_monitor_training_rows(avatar_id, status, training_type, fal_request_id, training_started_at, fal_endpoint);


--
-- Name: avatar_monitor_candidate; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.avatar_monitor_candidate AS
 SELECT a.avatar_id,
    a.fal_request_id,
    a.training_type,
    a.training_started_at,
    a.invalid
   FROM public.avatar_monitor_training a;


--
-- Name: avatar_monitor_check; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.avatar_monitor_check (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    avatar_id uuid NOT NULL,
    fal_request_id character varying(255),
    worker character varying(200) NOT NULL,
    outcome character varying(40) NOT NULL,
    fal_status character varying(40),
    queue_position integer,
    progress integer,
    took_ms bigint NOT NULL,
    error character varying(1000)
);


--
-- Name: avatar_monitor_check_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.avatar_monitor_check ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.avatar_monitor_check_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: avatar_monitor_delivery; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.avatar_monitor_delivery (
    id bigint NOT NULL,
    channel character varying(20) NOT NULL,
    message_id uuid NOT NULL,
    lane character varying(60) NOT NULL,
    body json NOT NULL,
    state character varying(10) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    attempts integer NOT NULL,
    next_attempt_at timestamp with time zone NOT NULL,
    claimed_by character varying(200),
    claimed_until timestamp with time zone,
    last_error character varying(500),
    ended_at timestamp with time zone
);


--
-- Name: avatar_monitor_delivery_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.avatar_monitor_delivery ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.avatar_monitor_delivery_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: avatar_monitor_outbox; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.avatar_monitor_outbox (
    event_id bigint NOT NULL
);


--
-- Name: avatar_monitor_outbox_lock; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.avatar_monitor_outbox_lock (
    id integer NOT NULL
);


--
-- Name: avatar_monitor_reconcile; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.avatar_monitor_reconcile (
    id integer NOT NULL,
    at timestamp with time zone,
    worker character varying(200)
);


--
-- Name: avatar_monitor_scan; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.avatar_monitor_scan (
    id integer NOT NULL,
    at timestamp with time zone NOT NULL,
    worker character varying(200)
);


--
-- Name: avatar_monitor_schema_history; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.avatar_monitor_schema_history (
    installed_rank integer NOT NULL,
    version character varying(50),
    description character varying(200) NOT NULL,
    type character varying(20) NOT NULL,
    script character varying(1000) NOT NULL,
    checksum integer,
    installed_by character varying(100) NOT NULL,
    installed_on timestamp without time zone DEFAULT now() NOT NULL,
    execution_time integer NOT NULL,
    success boolean NOT NULL
);


--
-- Name: qrtz_triggers; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.qrtz_triggers (
    sched_name character varying(120) NOT NULL,
    trigger_name character varying(200) NOT NULL,
    trigger_group character varying(200) NOT NULL,
    job_name character varying(200) NOT NULL,
    job_group character varying(200) NOT NULL,
    description character varying(250),
    next_fire_time bigint,
    prev_fire_time bigint,
    priority integer,
    trigger_state character varying(16) NOT NULL,
    trigger_type character varying(8) NOT NULL,
    start_time bigint NOT NULL,
    end_time bigint,
    calendar_name character varying(200),
    misfire_instr smallint,
    job_data bytea
)
WITH (fillfactor='80', autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_cost_limit='1000');


--
-- Name: avatar_monitor_trigger; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.avatar_monitor_trigger AS
 SELECT t.trigger_group,
    t.trigger_name,
        CASE
            WHEN (((t.trigger_group)::text = 'avatar'::text) AND ((t.trigger_name)::text ~~ '________-____-____-____-____________'::text) AND (translate((t.trigger_name)::text, '0123456789abcdefABCDEF'::text, ''::text) = '----'::text)) THEN (t.trigger_name)::uuid
            ELSE NULL::uuid
        END AS avatar_id,
    t.job_group,
    t.job_name,
    t.trigger_type,
    t.trigger_state,
        CASE
            WHEN (t.next_fire_time > 0) THEN to_timestamp((((t.next_fire_time)::numeric / 1000.0))::double precision)
            ELSE NULL::timestamp with time zone
        END AS next_fire_at,
        CASE
            WHEN (t.end_time > 0) THEN to_timestamp((((t.end_time)::numeric / 1000.0))::double precision)
            ELSE NULL::timestamp with time zone
        END AS end_at
   FROM public.qrtz_triggers t
  WHERE ((t.sched_name)::text = 'avatar-monitor'::text);


--
-- Name: qrtz_fired_triggers; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.qrtz_fired_triggers (
    sched_name character varying(120) NOT NULL,
    entry_id character varying(95) NOT NULL,
    trigger_name character varying(200) NOT NULL,
    trigger_group character varying(200) NOT NULL,
    instance_name character varying(200) NOT NULL,
    fired_time bigint NOT NULL,
    sched_time bigint NOT NULL,
    priority integer NOT NULL,
    state character varying(16) NOT NULL,
    job_name character varying(200),
    job_group character varying(200),
    is_nonconcurrent boolean,
    requests_recovery boolean
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='2000', autovacuum_vacuum_cost_limit='1000');


--
-- Name: qrtz_simple_triggers; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.qrtz_simple_triggers (
    sched_name character varying(120) NOT NULL,
    trigger_name character varying(200) NOT NULL,
    trigger_group character varying(200) NOT NULL,
    repeat_count bigint NOT NULL,
    repeat_interval bigint NOT NULL,
    times_triggered bigint NOT NULL
)
WITH (fillfactor='70', autovacuum_vacuum_scale_factor='0.1', autovacuum_vacuum_cost_limit='1000');


--
-- Name: avatar_monitor_trigger_health; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.avatar_monitor_trigger_health AS
 SELECT judged.trigger_group,
    judged.trigger_name,
    judged.avatar_id,
    judged.state,
        CASE judged.kind
            WHEN 'error'::text THEN (('in state '::text || (judged.trigger_state)::text) || ', Quartz never fires it again'::text)
            WHEN 'half'::text THEN 'its row in qrtz_simple_triggers is missing'::text
            WHEN 'finished'::text THEN 'finished but not removed'::text
            WHEN 'orphaned'::text THEN (('left in state '::text || (judged.trigger_state)::text) || ' by a worker that is gone'::text)
            WHEN 'timeless'::text THEN 'it has no next time to fire'::text
            WHEN 'future'::text THEN 'its next time is further ahead than its interval: a clock was wrong'::text
            WHEN 'expired'::text THEN 'its window has ended but it was not removed'::text
            ELSE NULL::text
        END AS problem,
    judged.paused,
    judged.next_check_at,
    judged.window_ends_at,
    judged.seconds_late,
    judged.worker,
    judged.kind,
    judged.interval_ms
   FROM ( SELECT t.trigger_group,
            t.trigger_name,
            t.avatar_id,
            t.trigger_state,
                CASE
                    WHEN (f.executing > 0) THEN 'checking'::text
                    WHEN ((t.trigger_state)::text = 'WAITING'::text) THEN 'waiting'::text
                    WHEN ((t.trigger_state)::text = 'ACQUIRED'::text) THEN 'about to check'::text
                    WHEN ((t.trigger_state)::text = 'COMPLETE'::text) THEN 'finished'::text
                    WHEN ((t.trigger_state)::text = 'PAUSED_BLOCKED'::text) THEN 'paused'::text
                    ELSE translate((t.trigger_state)::text, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'::text, 'abcdefghijklmnopqrstuvwxyz'::text)
                END AS state,
                CASE
                    WHEN ((t.trigger_state)::text <> ALL ((ARRAY['WAITING'::character varying, 'ACQUIRED'::character varying, 'BLOCKED'::character varying, 'COMPLETE'::character varying, 'PAUSED'::character varying, 'PAUSED_BLOCKED'::character varying])::text[])) THEN 'error'::text
                    WHEN ((s.trigger_name IS NULL) AND (((t.trigger_group)::text = 'avatar'::text) OR ((t.trigger_type)::text = 'SIMPLE'::text))) THEN 'half'::text
                    WHEN ((f.trigger_name IS NULL) AND ((t.trigger_state)::text = 'COMPLETE'::text)) THEN 'finished'::text
                    WHEN ((f.trigger_name IS NULL) AND ((t.trigger_state)::text = ANY ((ARRAY['ACQUIRED'::character varying, 'BLOCKED'::character varying])::text[])) AND (NOT (((t.trigger_state)::text = 'BLOCKED'::text) AND ((t.trigger_group)::text <> 'avatar'::text) AND (EXISTS ( SELECT 1
                       FROM public.qrtz_fired_triggers other
                      WHERE (((other.sched_name)::text = 'avatar-monitor'::text) AND ((other.job_name)::text = (t.job_name)::text) AND ((other.job_group)::text = (t.job_group)::text))))))) THEN 'orphaned'::text
                    WHEN (((t.trigger_state)::text = 'WAITING'::text) AND (t.next_fire_at IS NULL)) THEN 'timeless'::text
                    WHEN (((t.trigger_state)::text = 'WAITING'::text) AND ((t.trigger_group)::text = ANY ((ARRAY['avatar'::character varying, 'maintenance'::character varying])::text[])) AND (t.next_fire_at > ((CURRENT_TIMESTAMP + '00:00:10'::interval second) + ((((LEAST(
                    CASE
                        WHEN (s.repeat_interval > 0) THEN s.repeat_interval
                        ELSE COALESCE(( SELECT h.repeat_interval
                           FROM public.qrtz_simple_triggers h
                          WHERE (((h.sched_name)::text = 'avatar-monitor'::text) AND ((h.trigger_group)::text = 'maintenance'::text) AND ((h.trigger_name)::text = 'hourly'::text))), (3600000)::bigint)
                    END, '8640000000'::bigint))::numeric / 1000.0))::double precision * '00:00:01'::interval second)))) THEN 'future'::text
                    WHEN ((f.trigger_name IS NULL) AND (t.end_at < (CURRENT_TIMESTAMP - '00:02:00'::interval minute))) THEN 'expired'::text
                    ELSE NULL::text
                END AS kind,
            ((t.trigger_state)::text = ANY ((ARRAY['PAUSED'::character varying, 'PAUSED_BLOCKED'::character varying])::text[])) AS paused,
            t.next_fire_at AS next_check_at,
            t.end_at AS window_ends_at,
                CASE
                    WHEN (t.next_fire_at < CURRENT_TIMESTAMP) THEN (floor(EXTRACT(epoch FROM (CURRENT_TIMESTAMP - t.next_fire_at))))::bigint
                    ELSE (0)::bigint
                END AS seconds_late,
            f.worker,
            s.repeat_interval AS interval_ms
           FROM ((public.avatar_monitor_trigger t
             LEFT JOIN public.qrtz_simple_triggers s ON ((((s.sched_name)::text = 'avatar-monitor'::text) AND ((s.trigger_group)::text = (t.trigger_group)::text) AND ((s.trigger_name)::text = (t.trigger_name)::text))))
             LEFT JOIN ( SELECT qrtz_fired_triggers.trigger_group,
                    qrtz_fired_triggers.trigger_name,
                    max((qrtz_fired_triggers.instance_name)::text) AS worker,
                    count(*) FILTER (WHERE ((qrtz_fired_triggers.state)::text = 'EXECUTING'::text)) AS executing
                   FROM public.qrtz_fired_triggers
                  WHERE ((qrtz_fired_triggers.sched_name)::text = 'avatar-monitor'::text)
                  GROUP BY qrtz_fired_triggers.trigger_group, qrtz_fired_triggers.trigger_name) f ON ((((f.trigger_group)::text = (t.trigger_group)::text) AND ((f.trigger_name)::text = (t.trigger_name)::text))))) judged;


--
-- Name: avatar_monitor_views; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.avatar_monitor_views (
    id integer NOT NULL,
    version integer NOT NULL
);


--
-- Name: qrtz_scheduler_state; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.qrtz_scheduler_state (
    sched_name character varying(120) NOT NULL,
    instance_name character varying(200) NOT NULL,
    last_checkin_time bigint NOT NULL,
    checkin_interval bigint NOT NULL
);


--
-- Name: avatar_monitor_worker; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.avatar_monitor_worker AS
 SELECT qrtz_scheduler_state.instance_name,
    to_timestamp((((qrtz_scheduler_state.last_checkin_time)::numeric / 1000.0))::double precision) AS last_check_in_at,
    ((qrtz_scheduler_state.checkin_interval)::numeric / 1000.0) AS check_in_seconds
   FROM public.qrtz_scheduler_state
  WHERE ((qrtz_scheduler_state.sched_name)::text = 'avatar-monitor'::text);


--
-- Name: avatar_monitor_worker_status; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.avatar_monitor_worker_status (
    instance character varying(200) NOT NULL,
    at timestamp with time zone NOT NULL,
    started_at timestamp with time zone NOT NULL,
    version character varying(60) NOT NULL,
    http character varying(300),
    clock_behind_ms bigint NOT NULL,
    checks_per_second double precision NOT NULL,
    late_p50_ms bigint,
    late_p95_ms bigint,
    late_p99_ms bigint,
    fal_paused_until timestamp with time zone,
    fal_pause_reason character varying(1000),
    fal_paused_since timestamp with time zone,
    fal_refused character varying(10),
    requests_last_minute integer,
    answered_last_minute integer,
    fal_silent_since timestamp with time zone,
    fal_last_failure character varying(100),
    requests_per_second_max integer,
    interval_ms bigint
);


--
-- Name: avatar_monitoring; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.avatar_monitoring (
    avatar_id uuid NOT NULL,
    fal_request_id character varying(255),
    watched_since timestamp with time zone NOT NULL,
    window_ends_at timestamp with time zone NOT NULL,
    rounds integer DEFAULT 1 NOT NULL,
    checks bigint DEFAULT 0 NOT NULL,
    failures_in_row integer DEFAULT 0 NOT NULL,
    last_checked_at timestamp with time zone,
    last_fal_status character varying(40),
    queue_position integer,
    last_error character varying(1000),
    last_worker character varying(200),
    outcome character varying(40),
    ended_at timestamp with time zone,
    doubt character varying(20),
    doubts_in_row integer DEFAULT 0 NOT NULL,
    doubted_since timestamp with time zone,
    write_refusals integer DEFAULT 0 NOT NULL,
    last_answered_at timestamp with time zone,
    endpoint character varying(320)
)
WITH (fillfactor='70');


--
-- Name: avatars; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.avatars (
    id uuid NOT NULL,
    name character varying(100),
    training_type character varying(20),
    status character varying(40) NOT NULL,
    fal_request_id character varying(255),
    training_started_at timestamp with time zone,
    training_completed_at timestamp with time zone,
    training_progress integer,
    last_status_check timestamp with time zone,
    training_error text,
    finetune_id character varying(255),
    diffusers_lora_file_url character varying(500),
    config_file_url character varying(500),
    fal_response_data json,
    updated_at timestamp with time zone
);


--
-- Name: qrtz_blob_triggers; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.qrtz_blob_triggers (
    sched_name character varying(120) NOT NULL,
    trigger_name character varying(200) NOT NULL,
    trigger_group character varying(200) NOT NULL,
    blob_data bytea
);


--
-- Name: qrtz_calendars; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.qrtz_calendars (
    sched_name character varying(120) NOT NULL,
    calendar_name character varying(200) NOT NULL,
    calendar bytea NOT NULL
);


--
-- Name: qrtz_cron_triggers; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.qrtz_cron_triggers (
    sched_name character varying(120) NOT NULL,
    trigger_name character varying(200) NOT NULL,
    trigger_group character varying(200) NOT NULL,
    cron_expression character varying(120) NOT NULL,
    time_zone_id character varying(80)
);


--
-- Name: qrtz_job_details; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.qrtz_job_details (
    sched_name character varying(120) NOT NULL,
    job_name character varying(200) NOT NULL,
    job_group character varying(200) NOT NULL,
    description character varying(250),
    job_class_name character varying(250) NOT NULL,
    is_durable boolean NOT NULL,
    is_nonconcurrent boolean NOT NULL,
    is_update_data boolean NOT NULL,
    requests_recovery boolean NOT NULL,
    job_data bytea
);


--
-- Name: qrtz_locks; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.qrtz_locks (
    sched_name character varying(120) NOT NULL,
    lock_name character varying(40) NOT NULL
);


--
-- Name: qrtz_paused_trigger_grps; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.qrtz_paused_trigger_grps (
    sched_name character varying(120) NOT NULL,
    trigger_group character varying(200) NOT NULL
);


--
-- Name: qrtz_simprop_triggers; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.qrtz_simprop_triggers (
    sched_name character varying(120) NOT NULL,
    trigger_name character varying(200) NOT NULL,
    trigger_group character varying(200) NOT NULL,
    str_prop_1 character varying(512),
    str_prop_2 character varying(512),
    str_prop_3 character varying(512),
    int_prop_1 integer,
    int_prop_2 integer,
    long_prop_1 bigint,
    long_prop_2 bigint,
    dec_prop_1 numeric(13,4),
    dec_prop_2 numeric(13,4),
    bool_prop_1 boolean,
    bool_prop_2 boolean
);


--
-- Name: v_future_times; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.v_future_times AS
 SELECT 'avatar_monitor_scan'::text AS place,
    count(*) AS times,
    max(avatar_monitor_scan.at) AS latest
   FROM public.avatar_monitor_scan
  WHERE (avatar_monitor_scan.at > (CURRENT_TIMESTAMP + '00:00:10'::interval second))
 HAVING (count(*) > 0)
UNION ALL
 SELECT 'avatar_monitor_reconcile'::text AS place,
    count(*) AS times,
    max(avatar_monitor_reconcile.at) AS latest
   FROM public.avatar_monitor_reconcile
  WHERE (avatar_monitor_reconcile.at > (CURRENT_TIMESTAMP + '00:00:10'::interval second))
 HAVING (count(*) > 0)
UNION ALL
 SELECT 'avatar_monitor_alert'::text AS place,
    count(*) AS times,
    max(GREATEST(avatar_monitor_alert.began_at, avatar_monitor_alert.last_at, avatar_monitor_alert.seen_at, avatar_monitor_alert.due_at)) AS latest
   FROM public.avatar_monitor_alert
  WHERE (GREATEST(avatar_monitor_alert.began_at, avatar_monitor_alert.last_at, avatar_monitor_alert.seen_at) > (CURRENT_TIMESTAMP + '00:00:10'::interval second))
 HAVING (count(*) > 0)
UNION ALL
 SELECT 'avatar_monitor_delivery'::text AS place,
    count(*) AS times,
    max(GREATEST(avatar_monitor_delivery.created_at, avatar_monitor_delivery.next_attempt_at, COALESCE(avatar_monitor_delivery.claimed_until, avatar_monitor_delivery.created_at))) AS latest
   FROM public.avatar_monitor_delivery
  WHERE (((avatar_monitor_delivery.state)::text = 'waiting'::text) AND ((avatar_monitor_delivery.created_at > (CURRENT_TIMESTAMP + '00:00:10'::interval second)) OR (avatar_monitor_delivery.next_attempt_at > (CURRENT_TIMESTAMP + '00:06:00'::interval minute)) OR (avatar_monitor_delivery.claimed_until > (CURRENT_TIMESTAMP + '00:10:00'::interval minute))))
 HAVING (count(*) > 0);


--
-- Name: v_recent_events; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.v_recent_events AS
 SELECT avatar_event.id,
    avatar_event.at,
    avatar_event.avatar_id,
    avatar_event.fal_request_id,
    avatar_event.worker,
    avatar_event.type,
    avatar_event.detail
   FROM public.avatar_event
  WHERE (avatar_event.at > (CURRENT_TIMESTAMP - '7 days'::interval day))
  ORDER BY avatar_event.id DESC;


--
-- Name: v_stalled; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.v_stalled AS
 SELECT a.avatar_id,
    a.fal_request_id,
    a.training_type,
    a.training_started_at,
    m.ended_at AS stalled_at,
    m.rounds,
    m.checks,
    m.last_checked_at AS last_check_at,
    m.last_fal_status AS fal_status,
    m.last_error
   FROM (public.avatar_monitor_training a
     JOIN public.avatar_monitoring m ON ((m.avatar_id = a.avatar_id)))
  WHERE (((m.outcome)::text = 'stalled'::text) AND (NOT ((m.fal_request_id)::text IS DISTINCT FROM a.fal_request_id)));


--
-- Name: v_stuck_triggers; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.v_stuck_triggers AS
 SELECT t.trigger_group,
    t.trigger_name,
    t.avatar_id,
    t.state AS trigger_state,
    COALESCE(t.problem, 'paused'::text) AS problem,
    t.next_check_at,
    t.window_ends_at,
    t.worker
   FROM public.avatar_monitor_trigger_health t
  WHERE ((t.problem IS NOT NULL) OR t.paused)
UNION ALL
 SELECT g.trigger_group,
    NULL::character varying AS trigger_name,
    NULL::uuid AS avatar_id,
    'paused'::text AS trigger_state,
    'the whole group is paused, new triggers too'::text AS problem,
    NULL::timestamp with time zone AS next_check_at,
    NULL::timestamp with time zone AS window_ends_at,
    NULL::text AS worker
   FROM public.qrtz_paused_trigger_grps g
  WHERE ((g.sched_name)::text = 'avatar-monitor'::text);


--
-- Name: v_unwatched; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.v_unwatched AS
 SELECT a.avatar_id,
        CASE
            WHEN (a.invalid IS NOT NULL) THEN a.invalid
            WHEN (t.problem IS NOT NULL) THEN ('trigger broken: '::text || t.problem)
            WHEN ((m.outcome IS NOT NULL) AND ((m.fal_request_id)::text = a.fal_request_id)) THEN ('watch ended: '::text || replace((m.outcome)::text, '_'::text, ' '::text))
            ELSE 'no trigger'::text
        END AS why,
    a.fal_request_id,
    a.training_type,
    a.training_started_at,
        CASE
            WHEN ((a.training_started_at > '0001-01-01 00:00:00+00'::timestamp with time zone) AND (a.training_started_at < '9999-12-31 00:00:00+00'::timestamp with time zone)) THEN (floor(EXTRACT(epoch FROM (CURRENT_TIMESTAMP - a.training_started_at))))::bigint
            ELSE NULL::bigint
        END AS seconds_since_start,
    m.outcome AS last_outcome,
    m.ended_at AS last_watch_ended_at,
    m.last_error,
        CASE
            WHEN (a.invalid IS NOT NULL) THEN 'invalid'::text
            WHEN (((m.outcome)::text = 'stalled'::text) AND ((m.fal_request_id)::text = a.fal_request_id)) THEN 'stalled'::text
            ELSE 'unmonitored'::text
        END AS state
   FROM ((public.avatar_monitor_candidate a
     LEFT JOIN public.avatar_monitor_trigger_health t ON ((((t.trigger_group)::text = 'avatar'::text) AND ((t.trigger_name)::text = ((a.avatar_id)::character varying)::text))))
     LEFT JOIN public.avatar_monitoring m ON ((m.avatar_id = a.avatar_id)))
  WHERE ((t.trigger_name IS NULL) OR (t.problem IS NOT NULL));


--
-- Name: v_watched; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.v_watched AS
 SELECT t.avatar_id,
    m.fal_request_id,
    m.last_fal_status AS fal_status,
    m.queue_position,
    t.state AS trigger_state,
    t.next_check_at,
    m.last_checked_at AS last_check_at,
    t.window_ends_at,
    GREATEST(t.seconds_late, COALESCE((floor((EXTRACT(epoch FROM (CURRENT_TIMESTAMP - COALESCE(m.last_answered_at,
        CASE
            WHEN (m.failures_in_row = 0) THEN m.last_checked_at
            ELSE NULL::timestamp with time zone
        END, m.watched_since))) - ((t.interval_ms)::numeric / 1000.0))))::bigint, (0)::bigint)) AS seconds_late,
    m.checks,
    m.failures_in_row,
    m.last_error,
    COALESCE(t.worker, (m.last_worker)::text) AS worker,
    m.last_answered_at
   FROM (public.avatar_monitor_trigger_health t
     LEFT JOIN public.avatar_monitoring m ON ((m.avatar_id = t.avatar_id)))
  WHERE ((t.problem IS NULL) AND (t.avatar_id IS NOT NULL));


--
-- Name: v_workers; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.v_workers AS
 SELECT w.instance_name AS instance,
    (w.last_check_in_at + ((((COALESCE(s.clock_behind_ms, (0)::bigint))::numeric / 1000.0))::double precision * '00:00:01'::interval second)) AS last_check_in_at,
    ((w.last_check_in_at + ((((COALESCE(s.clock_behind_ms, (0)::bigint))::numeric / 1000.0))::double precision * '00:00:01'::interval second)) > (CURRENT_TIMESTAMP - ((((5)::numeric * w.check_in_seconds))::double precision * '00:00:01'::interval second))) AS alive,
    ( SELECT count(*) AS count
           FROM public.qrtz_fired_triggers f
          WHERE (((f.sched_name)::text = 'avatar-monitor'::text) AND ((f.instance_name)::text = (w.instance_name)::text) AND ((f.trigger_group)::text = 'avatar'::text) AND ((f.state)::text = 'EXECUTING'::text))) AS running_checks,
    w.check_in_seconds,
    s.started_at,
    s.version,
    s.http,
    s.checks_per_second,
    s.late_p50_ms,
    s.late_p95_ms,
    s.late_p99_ms,
    p.fal_paused_until,
    (p.fal_pause_reason)::character varying AS fal_pause_reason,
    p.fal_paused_since,
    p.fal_refused,
    s.clock_behind_ms,
        CASE
            WHEN (s.at > (CURRENT_TIMESTAMP - '00:01:00'::interval minute)) THEN s.requests_last_minute
            ELSE NULL::integer
        END AS requests_last_minute,
        CASE
            WHEN (s.at > (CURRENT_TIMESTAMP - '00:01:00'::interval minute)) THEN s.answered_last_minute
            ELSE NULL::integer
        END AS answered_last_minute,
        CASE
            WHEN (s.at > (CURRENT_TIMESTAMP - '00:01:00'::interval minute)) THEN s.fal_silent_since
            ELSE NULL::timestamp with time zone
        END AS fal_silent_since,
        CASE
            WHEN (s.at > (CURRENT_TIMESTAMP - '00:01:00'::interval minute)) THEN s.fal_last_failure
            ELSE NULL::character varying
        END AS fal_last_failure,
    s.requests_per_second_max,
    s.interval_ms
   FROM ((public.avatar_monitor_worker w
     LEFT JOIN public.avatar_monitor_worker_status s ON (((s.instance)::text = (w.instance_name)::text)))
     LEFT JOIN public.avatar_monitor_worker_status p ON ((((p.instance)::text = (w.instance_name)::text) AND ((p.fal_paused_until > CURRENT_TIMESTAMP) OR (((p.fal_refused)::text = ANY ((ARRAY['key'::character varying, 'account'::character varying])::text[])) AND (p.at > (CURRENT_TIMESTAMP - '00:01:00'::interval minute)))))));


--
-- Data for Name: avatar_event; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.avatar_event OVERRIDING SYSTEM VALUE VALUES (1, '2026-11-30 03:33:03.804899+00', NULL, NULL, 'cli', 'operator_action', '{"action":"migrate","outcome":"20 applied","actor":"root","channel":"cli","address":"vm"}');
INSERT INTO public.avatar_event OVERRIDING SYSTEM VALUE VALUES (3, '2026-11-30 03:33:11.990029+00', '0198a1b2-0000-7000-8000-000000000001', '0b9c7d2e-5a4f-4b6c-8f1d-2e3a4b5c6d7e', 'cli.vm-3310cf42', 'watching', '{"window_ends_at":"2026-11-30T04:33:16.111Z"}');
INSERT INTO public.avatar_event OVERRIDING SYSTEM VALUE VALUES (4, '2026-11-30 03:33:11.990029+00', '0198a1b2-0000-7000-8000-000000000002', '1b9c7d2e-5a4f-4b6c-8f1d-2e3a4b5c6d7e', 'cli.vm-3310cf42', 'watching', '{"window_ends_at":"2026-11-30T04:33:28.112Z"}');
INSERT INTO public.avatar_event OVERRIDING SYSTEM VALUE VALUES (5, '2026-11-30 03:33:12.486466+00', NULL, NULL, 'cli.vm-3310cf42', 'operator_action', '{"action":"reconcile","outcome":"done","reason":"trainings taken under watch: 2","actor":"root","channel":"cli","address":"vm"}');
INSERT INTO public.avatar_event OVERRIDING SYSTEM VALUE VALUES (6, '2026-11-30 03:33:35.921253+00', '0198a1b2-0000-7000-8000-000000000003', '2b9c7d2e-5a4f-4b6c-8f1d-2e3a4b5c6d7e', 'w1', 'completed', '{"reason":"x"}');


--
-- Data for Name: avatar_monitor_alert; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: avatar_monitor_answer; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: avatar_monitor_check; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: avatar_monitor_delivery; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: avatar_monitor_outbox; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: avatar_monitor_outbox_lock; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.avatar_monitor_outbox_lock VALUES (1);


--
-- Data for Name: avatar_monitor_reconcile; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.avatar_monitor_reconcile VALUES (1, '2026-11-30 03:33:12.47101+00', 'cli.vm-3310cf42');


--
-- Data for Name: avatar_monitor_scan; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.avatar_monitor_scan VALUES (1, '2026-11-29 03:33:01.491494+00', NULL);


--
-- Data for Name: avatar_monitor_schema_history; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.avatar_monitor_schema_history VALUES (1, '1', 'quartz', 'SQL', 'V1__quartz.sql', -1429108048, 'postgres', '2026-11-30 03:33:00.686252', 318, true);
INSERT INTO public.avatar_monitor_schema_history VALUES (2, '2', 'monitoring', 'SQL', 'V2__monitoring.sql', -1455094236, 'postgres', '2026-11-30 03:33:01.184662', 80, true);
INSERT INTO public.avatar_monitor_schema_history VALUES (3, '3', 'avatars', 'SQL', 'V3__avatars.sql', -533010950, 'postgres', '2026-11-30 03:33:01.32609', 27, true);
INSERT INTO public.avatar_monitor_schema_history VALUES (4, '4', 'base views', 'SQL', 'V4__base_views.sql', 1569311856, 'postgres', '2026-11-30 03:33:01.370434', 12, true);
INSERT INTO public.avatar_monitor_schema_history VALUES (5, '5', 'views', 'SQL', 'V5__views.sql', -694799823, 'postgres', '2026-11-30 03:33:01.415388', 22, true);
INSERT INTO public.avatar_monitor_schema_history VALUES (6, '6', 'repair', 'SQL', 'V6__repair.sql', 324726905, 'postgres', '2026-11-30 03:33:01.478684', 62, true);
INSERT INTO public.avatar_monitor_schema_history VALUES (7, '7', 'history', 'SQL', 'V7__history.sql', -1286854655, 'postgres', '2026-11-30 03:33:01.594336', 81, true);
INSERT INTO public.avatar_monitor_schema_history VALUES (8, '8', 'alerts', 'SQL', 'V8__alerts.sql', 109830582, 'postgres', '2026-11-30 03:33:01.75292', 107, true);
INSERT INTO public.avatar_monitor_schema_history VALUES (9, '9', 'trigger ids', 'SQL', 'V9__trigger_ids.sql', 1134714529, 'postgres', '2026-11-30 03:33:01.97334', 13, true);
INSERT INTO public.avatar_monitor_schema_history VALUES (10, '10', 'quartz storage', 'SQL', 'V10__quartz_storage.sql', -1975320149, 'postgres', '2026-11-30 03:33:02.03296', 34, true);
INSERT INTO public.avatar_monitor_schema_history VALUES (11, '11', 'firings by key only', 'SQL', 'V11__firings_by_key_only.sql', 447277185, 'postgres', '2026-11-30 03:33:02.14327', 7, true);
INSERT INTO public.avatar_monitor_schema_history VALUES (12, '12', 'pauses', 'SQL', 'V12__pauses.sql', -64841113, 'postgres', '2026-11-30 03:33:02.175722', 50, true);
INSERT INTO public.avatar_monitor_schema_history VALUES (13, '13', 'refused ends', 'SQL', 'V13__refused_ends.sql', 946910019, 'postgres', '2026-11-30 03:33:02.269568', 36, true);
INSERT INTO public.avatar_monitor_schema_history VALUES (14, '14', 'failures', 'SQL', 'V14__failures.sql', -248336178, 'postgres', '2026-11-30 03:33:02.319576', 3, true);
INSERT INTO public.avatar_monitor_schema_history VALUES (15, '15', 'views version', 'SQL', 'V15__views_version.sql', -1493533034, 'postgres', '2026-11-30 03:33:02.337887', 35, true);
INSERT INTO public.avatar_monitor_schema_history VALUES (16, '16', 'answers of fal', 'SQL', 'V16__answers_of_fal.sql', 1725730432, 'postgres', '2026-11-30 03:33:02.418093', 37, true);
INSERT INTO public.avatar_monitor_schema_history VALUES (17, '17', 'waiting index', 'SQL', 'V17__waiting_index.sql', 28816577, 'postgres', '2026-11-30 03:33:02.629983', 32, true);
INSERT INTO public.avatar_monitor_schema_history VALUES (18, '20', 'training types', 'SQL', 'V20__training_types.sql', 1048100125, 'postgres', '2026-11-30 03:33:02.83782', 180, true);
INSERT INTO public.avatar_monitor_schema_history VALUES (19, '24', 'ordinary waiting index', 'SQL', 'V24__ordinary_waiting_index.sql', -598825674, 'postgres', '2026-11-30 03:33:03.115779', 30, true);


--
-- Data for Name: avatar_monitor_training_type; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.avatar_monitor_training_type VALUES ('PORTRAIT', NULL, NULL, NULL, '2026-11-30 03:33:02.981628+00');
INSERT INTO public.avatar_monitor_training_type VALUES ('STYLE', NULL, NULL, NULL, '2026-11-30 03:33:02.981628+00');


--
-- Data for Name: avatar_monitor_views; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.avatar_monitor_views VALUES (1, 8);


--
-- Data for Name: avatar_monitor_worker_status; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: avatar_monitoring; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.avatar_monitoring VALUES ('0198a1b2-0000-7000-8000-000000000001', '0b9c7d2e-5a4f-4b6c-8f1d-2e3a4b5c6d7e', '2026-11-30 03:33:11.990029+00', '2026-11-30 04:33:16.111+00', 1, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, 0, NULL, NULL);
INSERT INTO public.avatar_monitoring VALUES ('0198a1b2-0000-7000-8000-000000000002', '1b9c7d2e-5a4f-4b6c-8f1d-2e3a4b5c6d7e', '2026-11-30 03:33:11.990029+00', '2026-11-30 04:33:28.112+00', 1, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, 0, NULL, NULL);


--
-- Data for Name: avatars; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.avatars VALUES ('0198a1b2-0000-7000-8000-000000000001', 'Ada', 'PORTRAIT', 'TRAINING', '0b9c7d2e-5a4f-4b6c-8f1d-2e3a4b5c6d7e', '2026-11-30 03:33:04.021401+00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2026-11-30 03:33:04.021401+00');
INSERT INTO public.avatars VALUES ('0198a1b2-0000-7000-8000-000000000002', 'Ben', 'style', 'training', '1b9c7d2e-5a4f-4b6c-8f1d-2e3a4b5c6d7e', '2026-11-30 03:33:04.021401+00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2026-11-30 03:33:04.021401+00');
INSERT INTO public.avatars VALUES ('0198a1b2-0000-7000-8000-000000000003', 'Cleo', 'STYLE', 'COMPLETED', '2b9c7d2e-5a4f-4b6c-8f1d-2e3a4b5c6d7e', '2026-11-30 03:33:04.021401+00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2026-11-30 03:33:04.021401+00');


--
-- Data for Name: qrtz_blob_triggers; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: qrtz_calendars; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: qrtz_cron_triggers; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: qrtz_fired_triggers; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: qrtz_job_details; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.qrtz_job_details VALUES ('avatar-monitor', 'status-check', 'avatar', 'asks fal how far one avatar''s training is', 'avatarmonitor.schedule.StatusCheckJob', true, false, false, false, '\x230a234d6f6e204e6f762033302030333a33333a31322055544320323032360a');


--
-- Data for Name: qrtz_locks; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.qrtz_locks VALUES ('avatar-monitor', 'TRIGGER_ACCESS');
INSERT INTO public.qrtz_locks VALUES ('avatar-monitor', 'STATE_ACCESS');


--
-- Data for Name: qrtz_paused_trigger_grps; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: qrtz_scheduler_state; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: qrtz_simple_triggers; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.qrtz_simple_triggers VALUES ('avatar-monitor', '0198a1b2-0000-7000-8000-000000000001', 'avatar', -1, 60000, 0);
INSERT INTO public.qrtz_simple_triggers VALUES ('avatar-monitor', '0198a1b2-0000-7000-8000-000000000002', 'avatar', -1, 60000, 0);


--
-- Data for Name: qrtz_simprop_triggers; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: qrtz_triggers; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.qrtz_triggers VALUES ('avatar-monitor', '0198a1b2-0000-7000-8000-000000000001', 'avatar', 'status-check', 'avatar', NULL, 1796009596111, -1, 5, 'WAITING', 'SIMPLE', 1796009596111, 1796013196111, NULL, 4, '\x');
INSERT INTO public.qrtz_triggers VALUES ('avatar-monitor', '0198a1b2-0000-7000-8000-000000000002', 'avatar', 'status-check', 'avatar', NULL, 1796009608112, -1, 5, 'WAITING', 'SIMPLE', 1796009608112, 1796013208112, NULL, 4, '\x');


--
-- Name: avatar_event_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.avatar_event_id_seq', 6, true);


--
-- Name: avatar_monitor_check_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.avatar_monitor_check_id_seq', 1, false);


--
-- Name: avatar_monitor_delivery_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.avatar_monitor_delivery_id_seq', 1, false);


--
-- Name: avatar_event avatar_event_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.avatar_event
    ADD CONSTRAINT avatar_event_pkey PRIMARY KEY (id);


--
-- Name: avatar_monitor_alert avatar_monitor_alert_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.avatar_monitor_alert
    ADD CONSTRAINT avatar_monitor_alert_pkey PRIMARY KEY (kind);


--
-- Name: avatar_monitor_answer avatar_monitor_answer_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.avatar_monitor_answer
    ADD CONSTRAINT avatar_monitor_answer_pkey PRIMARY KEY (avatar_id);


--
-- Name: avatar_monitor_check avatar_monitor_check_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.avatar_monitor_check
    ADD CONSTRAINT avatar_monitor_check_pkey PRIMARY KEY (id);


--
-- Name: avatar_monitor_delivery avatar_monitor_delivery_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.avatar_monitor_delivery
    ADD CONSTRAINT avatar_monitor_delivery_pkey PRIMARY KEY (id);


--
-- Name: avatar_monitor_outbox_lock avatar_monitor_outbox_lock_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.avatar_monitor_outbox_lock
    ADD CONSTRAINT avatar_monitor_outbox_lock_pkey PRIMARY KEY (id);


--
-- Name: avatar_monitor_outbox avatar_monitor_outbox_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.avatar_monitor_outbox
    ADD CONSTRAINT avatar_monitor_outbox_pkey PRIMARY KEY (event_id);


--
-- Name: avatar_monitor_reconcile avatar_monitor_reconcile_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.avatar_monitor_reconcile
    ADD CONSTRAINT avatar_monitor_reconcile_pkey PRIMARY KEY (id);


--
-- Name: avatar_monitor_scan avatar_monitor_scan_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.avatar_monitor_scan
    ADD CONSTRAINT avatar_monitor_scan_pkey PRIMARY KEY (id);


--
-- Name: avatar_monitor_schema_history avatar_monitor_schema_history_pk; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.avatar_monitor_schema_history
    ADD CONSTRAINT avatar_monitor_schema_history_pk PRIMARY KEY (installed_rank);


--
-- Name: avatar_monitor_training_type avatar_monitor_training_type_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.avatar_monitor_training_type
    ADD CONSTRAINT avatar_monitor_training_type_pkey PRIMARY KEY (name);


--
-- Name: avatar_monitor_views avatar_monitor_views_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.avatar_monitor_views
    ADD CONSTRAINT avatar_monitor_views_pkey PRIMARY KEY (id);


--
-- Name: avatar_monitor_worker_status avatar_monitor_worker_status_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.avatar_monitor_worker_status
    ADD CONSTRAINT avatar_monitor_worker_status_pkey PRIMARY KEY (instance);


--
-- Name: avatar_monitoring avatar_monitoring_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.avatar_monitoring
    ADD CONSTRAINT avatar_monitoring_pkey PRIMARY KEY (avatar_id);


--
-- Name: avatars avatars_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.avatars
    ADD CONSTRAINT avatars_pkey PRIMARY KEY (id);


--
-- Name: qrtz_blob_triggers qrtz_blob_triggers_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.qrtz_blob_triggers
    ADD CONSTRAINT qrtz_blob_triggers_pkey PRIMARY KEY (sched_name, trigger_name, trigger_group);


--
-- Name: qrtz_calendars qrtz_calendars_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.qrtz_calendars
    ADD CONSTRAINT qrtz_calendars_pkey PRIMARY KEY (sched_name, calendar_name);


--
-- Name: qrtz_cron_triggers qrtz_cron_triggers_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.qrtz_cron_triggers
    ADD CONSTRAINT qrtz_cron_triggers_pkey PRIMARY KEY (sched_name, trigger_name, trigger_group);


--
-- Name: qrtz_fired_triggers qrtz_fired_triggers_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.qrtz_fired_triggers
    ADD CONSTRAINT qrtz_fired_triggers_pkey PRIMARY KEY (sched_name, entry_id);


--
-- Name: qrtz_job_details qrtz_job_details_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.qrtz_job_details
    ADD CONSTRAINT qrtz_job_details_pkey PRIMARY KEY (sched_name, job_name, job_group);


--
-- Name: qrtz_locks qrtz_locks_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.qrtz_locks
    ADD CONSTRAINT qrtz_locks_pkey PRIMARY KEY (sched_name, lock_name);


--
-- Name: qrtz_paused_trigger_grps qrtz_paused_trigger_grps_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.qrtz_paused_trigger_grps
    ADD CONSTRAINT qrtz_paused_trigger_grps_pkey PRIMARY KEY (sched_name, trigger_group);


--
-- Name: qrtz_scheduler_state qrtz_scheduler_state_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.qrtz_scheduler_state
    ADD CONSTRAINT qrtz_scheduler_state_pkey PRIMARY KEY (sched_name, instance_name);


--
-- Name: qrtz_simple_triggers qrtz_simple_triggers_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.qrtz_simple_triggers
    ADD CONSTRAINT qrtz_simple_triggers_pkey PRIMARY KEY (sched_name, trigger_name, trigger_group);


--
-- Name: qrtz_simprop_triggers qrtz_simprop_triggers_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.qrtz_simprop_triggers
    ADD CONSTRAINT qrtz_simprop_triggers_pkey PRIMARY KEY (sched_name, trigger_name, trigger_group);


--
-- Name: qrtz_triggers qrtz_triggers_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.qrtz_triggers
    ADD CONSTRAINT qrtz_triggers_pkey PRIMARY KEY (sched_name, trigger_name, trigger_group);


--
-- Name: avatar_monitor_schema_history_s_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX avatar_monitor_schema_history_s_idx ON public.avatar_monitor_schema_history USING btree (success);


--
-- Name: idx_avatar_event_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_avatar_event_at ON public.avatar_event USING btree (at);


--
-- Name: idx_avatar_event_avatar; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_avatar_event_avatar ON public.avatar_event USING btree (avatar_id, id);


--
-- Name: idx_avatar_event_type; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_avatar_event_type ON public.avatar_event USING btree (type, at);


--
-- Name: idx_avatar_monitor_answer_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_avatar_monitor_answer_at ON public.avatar_monitor_answer USING btree (at);


--
-- Name: idx_avatar_monitor_answer_written; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_avatar_monitor_answer_written ON public.avatar_monitor_answer USING btree (written_at);


--
-- Name: idx_avatar_monitor_check_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_avatar_monitor_check_at ON public.avatar_monitor_check USING btree (at);


--
-- Name: idx_avatar_monitor_check_avatar; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_avatar_monitor_check_avatar ON public.avatar_monitor_check USING btree (avatar_id, id);


--
-- Name: idx_avatar_monitor_delivery_due; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_avatar_monitor_delivery_due ON public.avatar_monitor_delivery USING btree (state, channel, next_attempt_at, id);


--
-- Name: idx_avatar_monitor_delivery_ended; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_avatar_monitor_delivery_ended ON public.avatar_monitor_delivery USING btree (ended_at);


--
-- Name: idx_avatar_monitor_delivery_lane; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_avatar_monitor_delivery_lane ON public.avatar_monitor_delivery USING btree (state, channel, lane, id);


--
-- Name: idx_avatars_fal_request_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_avatars_fal_request_id ON public.avatars USING btree (fal_request_id);


--
-- Name: idx_avatars_status; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_avatars_status ON public.avatars USING btree (status);


--
-- Name: idx_qrtz_j_grp; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_qrtz_j_grp ON public.qrtz_job_details USING btree (sched_name, job_group);


--
-- Name: idx_qrtz_j_req_recovery; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_qrtz_j_req_recovery ON public.qrtz_job_details USING btree (sched_name, requests_recovery);


--
-- Name: idx_qrtz_t_not_waiting; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_qrtz_t_not_waiting ON public.qrtz_triggers USING btree (sched_name, trigger_state) WHERE ((trigger_state)::text <> 'WAITING'::text);


--
-- Name: idx_qrtz_t_ordinary; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_qrtz_t_ordinary ON public.qrtz_triggers USING btree (sched_name, next_fire_time, priority DESC) WHERE (((trigger_state)::text = 'WAITING'::text) AND ((trigger_group)::text <> 'avatar'::text));


--
-- Name: idx_qrtz_t_waiting; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_qrtz_t_waiting ON public.qrtz_triggers USING btree (sched_name, next_fire_time) WHERE ((trigger_state)::text = 'WAITING'::text);


--
-- Name: qrtz_blob_triggers qrtz_blob_triggers_sched_name_trigger_name_trigger_group_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.qrtz_blob_triggers
    ADD CONSTRAINT qrtz_blob_triggers_sched_name_trigger_name_trigger_group_fkey FOREIGN KEY (sched_name, trigger_name, trigger_group) REFERENCES public.qrtz_triggers(sched_name, trigger_name, trigger_group);


--
-- Name: qrtz_cron_triggers qrtz_cron_triggers_sched_name_trigger_name_trigger_group_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.qrtz_cron_triggers
    ADD CONSTRAINT qrtz_cron_triggers_sched_name_trigger_name_trigger_group_fkey FOREIGN KEY (sched_name, trigger_name, trigger_group) REFERENCES public.qrtz_triggers(sched_name, trigger_name, trigger_group);


--
-- Name: qrtz_simple_triggers qrtz_simple_triggers_sched_name_trigger_name_trigger_group_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.qrtz_simple_triggers
    ADD CONSTRAINT qrtz_simple_triggers_sched_name_trigger_name_trigger_group_fkey FOREIGN KEY (sched_name, trigger_name, trigger_group) REFERENCES public.qrtz_triggers(sched_name, trigger_name, trigger_group);


--
-- Name: qrtz_simprop_triggers qrtz_simprop_triggers_sched_name_trigger_name_trigger_grou_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.qrtz_simprop_triggers
    ADD CONSTRAINT qrtz_simprop_triggers_sched_name_trigger_name_trigger_grou_fkey FOREIGN KEY (sched_name, trigger_name, trigger_group) REFERENCES public.qrtz_triggers(sched_name, trigger_name, trigger_group);


--
-- Name: qrtz_triggers qrtz_triggers_sched_name_job_name_job_group_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.qrtz_triggers
    ADD CONSTRAINT qrtz_triggers_sched_name_job_name_job_group_fkey FOREIGN KEY (sched_name, job_name, job_group) REFERENCES public.qrtz_job_details(sched_name, job_name, job_group);


--
-- PostgreSQL database dump complete
--


