package avatarmonitor.check;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore.Guard;
import avatarmonitor.check.decision.Monitoring;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The avatar of a check, as it was read.
 *
 * @param avatar null when the row does not exist
 * @param monitoring null when it is not monitored
 * @param beganNanos {@link System#nanoTime} at the start of the check
 */
record CheckedAvatar(
        AvatarId id, @Nullable Avatar avatar, @Nullable Monitoring monitoring, long beganNanos) {
    long tookMillis() {
        return Duration.ofNanos(System.nanoTime() - beganNanos).toMillis();
    }

    @Nullable
    String requestId() {
        return avatar == null ? null : avatar.falRequestId();
    }

    Guard guard() {
        if (avatar == null || avatar.falRequestId() == null || avatar.status() == null) {
            throw new IllegalStateException("nothing to guard in " + avatar);
        }
        return new Guard(id, avatar.falRequestId(), avatar.status());
    }
}
