-- Workers: alive or not, running checks, throughput, check delay, polling pauses.
SELECT w.instance, w.alive, w.last_check_in_at, w.running_checks, w.checks_per_second, w.late_p99_ms, w.http, w.version,
       w.started_at, w.fal_paused_since, w.fal_paused_until, w.fal_refused, w.fal_pause_reason,
       w.check_in_seconds
FROM v_workers w
ORDER BY w.alive DESC, w.instance;
