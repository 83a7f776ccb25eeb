package avatarmonitor.schedule;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.decision.MonitorConfig;
import avatarmonitor.check.decision.Overrides;
import avatarmonitor.schedule.quartz.TriggerGroups;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
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

    /** Time after a window in which it may be that no scan or reconcile run has scheduled the avatar again. */
    private static final Duration UNMONITORED_MAX = Duration.ofHours(1);

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
        return trigger(id, now, Overrides.NONE);
    }

    /** Returns a trigger that also fires at the deadline, when that is within its window. */
    OperableTrigger trigger(AvatarId id, Instant now, Overrides own) {
        Duration interval = own.triggerInterval(config.interval());
        Duration window = own.windowOr(config.window());
        Instant deadline = own.deadline();
        Instant from = now.truncatedTo(ChronoUnit.MILLIS);
        Duration offset = offset(id, interval);
        if (deadline != null
                && deadline.isAfter(from)
                && !deadline.isAfter(from.plus(window).plus(UNMONITORED_MAX))) {
            offset = Duration.ofMillis(
                    Math.floorMod(Duration.between(from, deadline).toMillis(), interval.toMillis()));
            // The window contains the fire at the deadline and one more, in case that one is missed.
            Duration needed = Duration.between(from, deadline).plus(interval);
            window = needed.compareTo(window) > 0 ? needed : window;
        }
        Instant start = from.plus(offset);
        return (OperableTrigger) TriggerBuilder.newTrigger()
                .withIdentity(key(id))
                .forJob(STATUS_CHECK)
                .startAt(Date.from(start))
                .endAt(Date.from(start.plus(window)))
                .withSchedule(SimpleScheduleBuilder.simpleSchedule()
                        .withIntervalInMilliseconds(interval.toMillis())
                        .repeatForever()
                        .withMisfireHandlingInstructionNextWithRemainingCount())
                .build();
    }

    /**
     * Returns the trigger of each avatar.
     *
     * @param own overrides of those avatars that have any
     * @param atOnce whether each has an additional fire now
     */
    List<OperableTrigger> all(List<Avatar> avatars, Map<AvatarId, Overrides> own, Instant now, boolean atOnce) {
        List<OperableTrigger> all = new ArrayList<>();
        for (Avatar avatar : avatars) {
            AvatarId id = avatar.id();
            Overrides overrides = own.getOrDefault(id, Overrides.NONE);
            all.add(atOnce ? dueNow(id, now, overrides) : trigger(id, now, overrides));
        }
        return all;
    }

    /** Returns why these overrides cannot hold, a sentence without a full stop; null when they can. */
    @Nullable
    String fault(Overrides own, Instant now) {
        return own.problem(config, now);
    }

    /** Like {@link #trigger}, with an additional fire now; all others keep the avatar's offset in the interval. */
    OperableTrigger dueNow(AvatarId id, Instant now, Overrides own) {
        OperableTrigger trigger = trigger(id, now, own);
        trigger.setStartTime(
                Date.from(trigger.getStartTime().toInstant().minus(own.triggerInterval(config.interval()))));
        trigger.setNextFireTime(Date.from(now));
        return trigger;
    }

    /** Spreads avatars over one interval; the same avatar always gets the same offset. */
    private static Duration offset(AvatarId id, Duration interval) {
        long bits = id.value().getMostSignificantBits() * 31 + id.value().getLeastSignificantBits();
        long mixed = (bits ^ (bits >>> 32)) * 0x9E3779B97F4A7C15L;
        return Duration.ofMillis(Math.floorMod(mixed >>> 16, interval.toMillis()));
    }
}
