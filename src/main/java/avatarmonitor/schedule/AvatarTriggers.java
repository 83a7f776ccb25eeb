package avatarmonitor.schedule;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.MonitorConfig;
import avatarmonitor.schedule.quartz.TriggerGroups;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerKey;
import org.quartz.spi.OperableTrigger;

/** Builds the trigger of one monitored avatar, as docs/decision-table.md specifies. */
final class AvatarTriggers {
    static final String GROUP = TriggerGroups.CHECKS;
    static final JobKey STATUS_CHECK = new JobKey("status-check", GROUP);

    private final MonitorConfig config;

    AvatarTriggers(MonitorConfig config) {
        this.config = config;
    }

    /**
     * Returns the job of all avatars: durable and without data, so that nothing can be orphaned or has to be
     * deserialized.
     */
    static JobDetail job() {
        return JobBuilder.newJob(StatusCheckJob.class)
                .withIdentity(STATUS_CHECK)
                .withDescription("asks fal how far one avatar's training is")
                .storeDurably()
                .build();
    }

    static TriggerKey key(AvatarId id) {
        return new TriggerKey(id.toString(), GROUP);
    }

    OperableTrigger trigger(AvatarId id, Instant now) {
        Instant start = now.plus(offset(id));
        return (OperableTrigger) TriggerBuilder.newTrigger()
                .withIdentity(key(id))
                .forJob(STATUS_CHECK)
                .startAt(Date.from(start))
                .endAt(Date.from(start.plus(config.window())))
                .withSchedule(SimpleScheduleBuilder.simpleSchedule()
                        .withIntervalInMilliseconds(config.interval().toMillis())
                        .repeatForever()
                        .withMisfireHandlingInstructionNextWithRemainingCount())
                .build();
    }

    /** Like {@link #trigger}, with an additional fire now; all others keep the avatar's offset in the interval. */
    OperableTrigger dueNow(AvatarId id, Instant now) {
        OperableTrigger trigger = trigger(id, now);
        trigger.setStartTime(Date.from(trigger.getStartTime().toInstant().minus(config.interval())));
        trigger.setNextFireTime(Date.from(now));
        return trigger;
    }

    /** Spreads avatars over one interval; the same avatar always gets the same offset. */
    private Duration offset(AvatarId id) {
        long bits = id.value().getMostSignificantBits() * 31 + id.value().getLeastSignificantBits();
        long mixed = (bits ^ (bits >>> 32)) * 0x9E3779B97F4A7C15L;
        return Duration.ofMillis(Math.floorMod(mixed >>> 16, config.interval().toMillis()));
    }
}
