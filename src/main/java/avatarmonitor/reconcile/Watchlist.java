package avatarmonitor.reconcile;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarId;
import java.time.Instant;
import java.util.List;

/** The triggers and what they hang on, as far as repairing them needs to know. */
public interface Watchlist {

    /**
     * An avatar that got a trigger.
     *
     * @param repaired whether it should have had one and did not: the old one was lost or broken
     */
    record Watched(AvatarId avatar, boolean repaired) {}

    /**
     * Makes sure that each of these avatars has a live trigger, in place of the remains of an old one if there are any. Remembers the
     * watch and writes its events in the same transaction.
     *
     * @return those that had none until now; another worker may have been first with the others
     */
    List<Watched> watch(List<Avatar> avatars, Instant now);

    /** What is wrong now, each kind with at most so many; trainings without a trigger are not looked for. */
    List<Disorder> disorders(Instant now, int limit);

    /**
     * Puts one of them right and writes its event in the same transaction: a broken trigger is removed, so that {@link #watch} can make
     * a new one.
     *
     * @return false when it had become right by itself, or another worker was first
     */
    boolean mend(Disorder disorder, Instant now);
}
