-- Why is nobody watching these trainings?
SELECT why, count(*) AS avatars, min(training_started_at) AS oldest_start, max(training_started_at) AS newest_start
FROM v_unwatched
GROUP BY why
ORDER BY avatars DESC, why;
