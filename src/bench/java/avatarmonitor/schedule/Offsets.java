package avatarmonitor.schedule;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.MonitorConfig;
import java.time.Duration;
import java.time.Instant;

/** The place that an avatar's trigger gets within the interval: the very rule of the product. */
public final class Offsets {
    private final AvatarTriggers triggers;

    /** @param interval time between two checks of one avatar */
    public Offsets(Duration interval, Duration window) {
        triggers = new AvatarTriggers(
                new MonitorConfig(interval, window, Duration.ofHours(24), 20, Duration.ofMinutes(10)));
    }

    /** Milliseconds from the moment when it is taken up until its first check. */
    public int millis(AvatarId id) {
        return (int)
                triggers.trigger(id, Instant.EPOCH).getStartTime().toInstant().toEpochMilli();
    }
}
