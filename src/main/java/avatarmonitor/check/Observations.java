package avatarmonitor.check;

import avatarmonitor.avatar.AvatarId;
import java.util.List;
import java.util.Set;

/**
 * Destination of check results. Writes are atomic and conditional on no other writer having been faster. Both methods
 * throw {@link avatarmonitor.store.StoreException} when the database failed; the write can be retried then.
 */
interface Observations {
    /** Writes one result; returns false when another writer was faster. */
    boolean write(Observation observation);

    /**
     * Result of writing a group. Results that are not named were overtaken, or the database refused them.
     *
     * @param busy those whose rows were locked at that moment: nothing was written
     */
    record Written(Set<AvatarId> written, Set<AvatarId> busy) {}

    /** Writes many results. Each avatar may occur once, and must be monitored. */
    Written write(List<Observation> group);
}
