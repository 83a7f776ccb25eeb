-- Which workers there are, whether they live, and what each does now.
SELECT w.instance, w.alive, w.last_check_in_at, w.running_checks, w.check_in_seconds
FROM v_workers w
ORDER BY w.alive DESC, w.instance;
