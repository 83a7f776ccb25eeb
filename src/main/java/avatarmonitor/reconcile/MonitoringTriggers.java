package avatarmonitor.reconcile;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarId;
import java.time.Instant;
import java.util.List;

/** Triggers and their repair, as needed by reconcile and scan. */
public interface MonitoringTriggers {

    /**
     * An avatar that got a trigger.
     *
     * @param repaired whether its old trigger was lost or broken
     */
    record StartedAvatar(AvatarId avatar, boolean repaired) {}

    /**
     * Ensures that each of these avatars has a live trigger; replaces remains of an old one. Stores the monitoring
     * state and the events in the same transaction.
     *
     * @return those that had none before; another worker may have been faster with the others
     */
    List<StartedAvatar> monitor(List<Avatar> avatars, Instant now);

    /** Returns current faults, each kind with at most {@code limit}; does not include trainings without a trigger. */
    List<ScheduleFault> faults(Instant now, int limit);

    /**
     * Repairs one fault and writes its event in the same transaction: a broken trigger is removed, so that {@link
     * #monitor} can create a new one.
     *
     * @return false when the fault no longer exists, or another worker was faster
     */
    boolean repair(ScheduleFault fault, Instant now);
}
