package avatarmonitor.schedule;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.JobPersistenceException;
import org.quartz.impl.triggers.SimpleTriggerImpl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which triggers may be fired in batches: those that repeat for ever and have no data, of jobs that are durable, concurrent, without data, and
 * not to be recovered. Jobs are kept for a while, since they hardly ever change. For one thread.
 */
final class PlainJobs {
    private static final Duration KEPT = Duration.ofMinutes(1);
    private static final int KEPT_MAX = 100;

    private static final Logger LOG = LoggerFactory.getLogger(PlainJobs.class);

    private final Map<JobKey, Kept> kept = new HashMap<>();

    private record Kept(@Nullable JobDetail plain, Instant until) {}

    interface Source {
        @Nullable
        JobDetail retrieve(JobKey key) throws JobPersistenceException;
    }

    /**
     * The job of a trigger, each time as a new object; null when the trigger has to go Quartz's own way, also because its job cannot be read.
     *
     * @throws SQLException the database failed
     */
    @Nullable
    JobDetail find(DueTriggers.Due due, Instant now, Source source) throws SQLException {
        SimpleTriggerImpl trigger = due.row().simple();
        if (trigger == null || due.hasData() || trigger.getRepeatCount() != SimpleTriggerImpl.REPEAT_INDEFINITELY) {
            return null;
        }
        return find(trigger.getJobKey(), now, source);
    }

    private @Nullable JobDetail find(JobKey key, Instant now, Source source) throws SQLException {
        Kept known = kept.get(key);
        if (known == null || !now.isBefore(known.until)) {
            if (kept.size() >= KEPT_MAX) {
                kept.clear();
            }
            known = new Kept(plain(key, source), now.plus(KEPT));
            kept.put(key, known);
        }
        return known.plain == null ? null : (JobDetail) known.plain.clone();
    }

    private static @Nullable JobDetail plain(JobKey key, Source source) throws SQLException {
        try {
            JobDetail job = source.retrieve(key);
            return job != null
                            && job.isDurable()
                            && !job.isConcurrentExecutionDisallowed()
                            && !job.isPersistJobDataAfterExecution()
                            && !job.requestsRecovery()
                            && job.getJobDataMap().isEmpty()
                    ? job
                    : null;
        } catch (JobPersistenceException e) {
            MonitoringJobStore.throwIfDatabaseFailed(e);
            LOG.debug("job cannot be read job={}", key, e);
            return null;
        }
    }
}
