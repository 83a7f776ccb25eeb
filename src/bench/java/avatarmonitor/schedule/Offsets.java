package avatarmonitor.schedule;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.decision.MonitorConfig;
import java.time.Duration;
import java.time.Instant;

/** Offset of an avatar's trigger within the interval, by the product's own rule. */
public final class Offsets {
    private final AvatarTriggers triggers;

    /** @param interval time between two checks of one avatar */
    public Offsets(Duration interval, Duration window) {
        triggers = new AvatarTriggers(
                new MonitorConfig(interval, interval, window, Duration.ofHours(24), 20, Duration.ofMinutes(10)));
    }

    /** Returns the milliseconds from scheduling to the first check. */
    public int millis(AvatarId id) {
        return (int)
                triggers.trigger(id, Instant.EPOCH).getStartTime().toInstant().toEpochMilli();
    }
}
