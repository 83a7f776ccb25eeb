package avatarmonitor.check;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.check.decision.Monitoring;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Objects;

/**
 * Optimistic locks of a check: what it read must still hold when it writes. Runs in the caller's transaction, which
 * keeps the row of {@code avatar_monitoring} locked, so that nothing begins between the comparison and the write.
 */
final class UnchangedState {
    private UnchangedState() {}

    /**
     * Optimistic lock: the avatar and its monitoring state must be unchanged since the check read them, which may be
     * long ago when its process was frozen.
     *
     * @throws ConcurrentChangeException when the avatar changed, another check of it was made, or another worker
     *     started monitoring it
     */
    static void require(Connection connection, AvatarStore avatars, CheckedAvatar subject) throws SQLException {
        Avatar avatar = avatars.find(connection, subject.id()).orElse(null);
        Monitoring monitoring = MonitoringStore.lock(connection, subject.id()).orElse(null);
        if (!Objects.equals(avatar, subject.avatar()) || !Objects.equals(monitoring, subject.monitoring())) {
            throw new ConcurrentChangeException();
        }
    }

    /**
     * Optimistic lock on the window: while this process was frozen between read and write, another worker may have
     * started monitoring the same request again, which must go on.
     *
     * @throws ConcurrentChangeException when this check belongs to an earlier window
     */
    static void requireWindow(Connection connection, CheckedAvatar subject) throws SQLException {
        Monitoring before = subject.monitoring();
        Instant window = before == null ? null : before.windowEndsAt();
        Instant present = MonitoringStore.lock(connection, subject.id())
                .map(Monitoring::windowEndsAt)
                .orElse(null);
        if (!Objects.equals(window, present)) {
            throw new ConcurrentChangeException();
        }
    }
}
