package avatarmonitor.schedule;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.StatusCheck;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.store.StoreException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.quartz.Job;
import org.quartz.JobExecutionContext;
import org.quartz.TriggerKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Quartz job of a check; fires once per monitored avatar and interval. The name of this class is stored in every
 * database of the product, and a worker that cannot load it would set triggers to ERROR: it must not change.
 */
public final class StatusCheckJob implements Job {
    private static final Logger log = LoggerFactory.getLogger(StatusCheckJob.class);

    private final StatusCheck check;
    private final MonitoringSchedule schedule;
    private final StatusCheck.@Nullable Snapshot seen;

    /** @param seen prefetched data of this avatar; null when the check reads it itself */
    StatusCheckJob(StatusCheck check, MonitoringSchedule schedule, StatusCheck.@Nullable Snapshot seen) {
        this.check = check;
        this.schedule = schedule;
        this.seen = seen;
    }

    /** Runs the check. Never throws: a failed check is repeated at its next time. */
    @Override
    public void execute(JobExecutionContext context) {
        TriggerKey key = context.getTrigger().getKey();
        AvatarId id = AvatarId.parse(key.getName()).orElse(null);
        if (id == null) {
            log.error("trigger is not named after an avatar and is removed trigger={}", key.getName());
            schedule.remove(key);
            return;
        }
        CheckMeter meter = schedule.meter();
        Duration late = Duration.between(
                context.getScheduledFireTime().toInstant(),
                context.getFireTime().toInstant());
        long began = System.nanoTime();
        CheckOutcome outcome = null;
        try (MDC.MDCCloseable ignored = MDC.putCloseable("worker", schedule.worker())) {
            outcome = check.run(id, context.getNextFireTime() == null, seen).outcome();
            schedule.settle(id, outcome);
        } catch (StoreException | ScheduleException e) {
            log.atLevel(StoreException.logLevel(e))
                    .log("check not recorded, will retry at its next time avatar={} error={}", id, e.getMessage());
        } catch (RuntimeException e) {
            log.error("check failed by an internal error avatar={}", id, e);
        }
        if (outcome == CheckOutcome.PASSED) {
            meter.passed();
            return;
        }
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        if (outcome == null) {
            meter.broken(took);
        } else {
            meter.checked(outcome, took);
        }
        // A check that sent no request does not count as made in time; the next one that does reports its own delay.
        if (outcome != CheckOutcome.WAITING) {
            meter.checkDelay(late.isNegative() ? Duration.ZERO : late);
        }
    }
}
