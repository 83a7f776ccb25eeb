package avatarmonitor.check;

import avatarmonitor.avatar.AvatarId;
import java.util.List;
import java.util.Set;

/**
 * Where observations are written down: all that belongs to one or nothing, and nothing when another writer was faster. Both methods throw
 * {@link avatarmonitor.store.StoreException} when the database failed; what was to be written can be written again then.
 */
interface Observations {
    /** Writes one; false when another writer was faster. */
    boolean write(Observation observation);

    /**
     * What became of a group. Those that it does not name were overtaken, or the database refused them.
     *
     * @param busy those whose rows were locked at that moment: nothing was written
     */
    record Written(Set<AvatarId> written, Set<AvatarId> busy) {}

    /** Writes many. Each avatar may be named once, and must have a watch. */
    Written write(List<Observation> group);
}
