-- Every trigger that will not fire by itself, and every paused group; of checks and of maintenance.
CREATE OR REPLACE VIEW v_stuck_triggers AS
SELECT t.trigger_group,
       t.trigger_name,
       t.avatar_id,
       t.state AS trigger_state,
       coalesce(t.problem, 'paused') AS problem,
       t.next_check_at,
       t.window_ends_at,
       t.worker
FROM avatar_monitor_trigger_health t
WHERE t.problem IS NOT NULL OR t.paused
UNION ALL
SELECT g.trigger_group, NULL, NULL, 'paused', 'the whole group is paused, new triggers too', NULL, NULL, NULL
FROM qrtz_paused_trigger_grps g
WHERE g.sched_name = 'avatar-monitor';
