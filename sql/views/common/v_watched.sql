-- Every avatar with a live trigger. worker is the one that checks right now, or the one that checked last. seconds_late is by how much
-- the next check is overdue, or by how much longer than one interval ago fal last answered: whichever is more. A check that brought no
-- answer makes nothing less late. While an operator has paused polling, and until the first interval after that is over, a missing answer
-- makes no training late. window_seconds, interval_seconds, deadline and priority (1 to 10, 5 is ordinary) are the settings of this training;
-- NULL means as configured. A training that is checked less often than its trigger fires is late after next_request_by, which contains its
-- share of a rate limit that is too low. The overview counts by the expression between the comments, with its own sources for m and t.
CREATE OR REPLACE VIEW v_watched AS
SELECT t.avatar_id,
       m.fal_request_id,
       m.last_fal_status AS fal_status,
       m.queue_position,
       t.state AS trigger_state,
       t.next_check_at,
       m.last_checked_at AS last_check_at,
       t.window_ends_at,
       greatest(t.seconds_late,
                coalesce(CAST(floor(/* unanswered */ least(EXTRACT(EPOCH FROM (current_timestamp - greatest(
                           coalesce(m.last_answered_at,
                                    CASE WHEN m.failures_in_row = 0 THEN m.last_checked_at END,
                                    m.watched_since),
                           (SELECT max(least(coalesce(p.ended_at, p.ends_at, current_timestamp), current_timestamp))
                            FROM avatar_monitor_pause p WHERE p.scope = '*'),
                           CASE WHEN EXISTS (SELECT 1 FROM avatar_monitor_pause p
                                             WHERE p.scope <> '*' AND (p.ended_at IS NULL OR p.ended_at > current_timestamp - INTERVAL '2' HOUR))
                                THEN CASE WHEN m.avatar_id IN (
                                            SELECT a.avatar_id FROM avatar_monitor_training a
                                            JOIN avatar_monitor_pause p ON p.scope = translate(a.training_type, 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')
                                            WHERE p.ended_at IS NULL)
                                          THEN current_timestamp
                                          WHEN m.avatar_id IN (
                                            SELECT a.avatar_id FROM avatar_monitor_training a
                                            JOIN avatar_monitor_pause p ON p.scope = translate(a.training_type, 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')
                                            WHERE p.ended_at > current_timestamp - INTERVAL '2' HOUR)
                                          THEN (SELECT max(p.ended_at) FROM avatar_monitor_pause p WHERE p.scope <> '*') END END))) - t.interval_ms / 1000.0,
                         EXTRACT(EPOCH FROM (current_timestamp - m.next_request_by))) /* end unanswered */) AS bigint), 0)) AS seconds_late,
       m.checks,
       m.failures_in_row,
       m.last_error,
       coalesce(t.worker, m.last_worker) AS worker,
       m.last_answered_at,
       m.window_seconds,
       m.interval_seconds,
       m.deadline,
       m.priority
FROM avatar_monitor_trigger_health t
LEFT JOIN avatar_monitoring m ON m.avatar_id = t.avatar_id
WHERE t.problem IS NULL AND t.avatar_id IS NOT NULL;
