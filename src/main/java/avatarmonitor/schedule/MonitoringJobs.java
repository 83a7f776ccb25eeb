package avatarmonitor.schedule;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.StatusCheck;
import avatarmonitor.reconcile.Reconciler;
import avatarmonitor.store.StoreException;
import java.util.List;
import java.util.Map;
import org.quartz.Job;
import org.quartz.Scheduler;
import org.quartz.TriggerKey;
import org.quartz.spi.JobFactory;
import org.quartz.spi.TriggerFiredBundle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Job factory that injects the parts into the two jobs. It never throws: a factory that throws puts every trigger of
 * the job into ERROR.
 */
final class MonitoringJobs implements JobFactory {
    private static final Logger log = LoggerFactory.getLogger(MonitoringJobs.class);

    private final StatusCheck check;
    private final Reconciler reconciler;
    private final MonitoringSchedule schedule;

    /** Prefetched data of the checks that this thread starts now. */
    private final ThreadLocal<Map<AvatarId, StatusCheck.Snapshot>> seen = ThreadLocal.withInitial(Map::of);

    MonitoringJobs(StatusCheck check, Reconciler reconciler, MonitoringSchedule schedule) {
        this.check = check;
        this.reconciler = reconciler;
        this.schedule = schedule;
    }

    /** Reads the data of checks that fire together. When the database fails, each check reads its own. */
    void prefetch(List<TriggerKey> keys) {
        seen.remove();
        try {
            seen.set(check.prefetch(keys.stream()
                    .filter(key -> key.getGroup().equals(AvatarTriggers.GROUP))
                    .flatMap(key -> AvatarId.parse(key.getName()).stream())
                    .toList()));
        } catch (StoreException e) {
            log.debug("avatars not read together", e);
        }
    }

    @Override
    public Job newJob(TriggerFiredBundle bundle, Scheduler scheduler) {
        Class<? extends Job> type = bundle.getJobDetail().getJobClass();
        if (type == StatusCheckJob.class) {
            AvatarId id = AvatarId.parse(bundle.getTrigger().getKey().getName()).orElse(null);
            return new StatusCheckJob(
                    check, schedule, id == null ? null : seen.get().get(id));
        }
        if (type == ReconcileJob.class) {
            return new ReconcileJob(reconciler, schedule);
        }
        return context -> log.error(
                "nothing to run for a job that is not ours job={}",
                context.getJobDetail().getKey());
    }
}
