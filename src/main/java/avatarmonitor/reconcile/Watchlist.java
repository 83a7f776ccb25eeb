package avatarmonitor.reconcile;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarId;
import java.time.Instant;
import java.util.List;

/** The triggers, as far as repairing them needs to know. */
public interface Watchlist {

    /**
     * Makes sure that each of these avatars has a live trigger. Remembers the watch and writes its event in the same transaction.
     *
     * @return those that had none until now; another worker may have been first with the others
     */
    List<AvatarId> watch(List<Avatar> avatars, Instant now);

    /**
     * Removes triggers that will never fire again by themselves.
     *
     * @return how many there were
     */
    int removeDead(Instant now);
}
