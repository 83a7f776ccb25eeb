package avatarmonitor.reconcile;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Result of one sweep.
 *
 * @param watched avatars that got a trigger
 * @param repaired those of them whose old trigger was lost or broken
 * @param stalled trainings newly found to be too old
 * @param invalid avatars newly found to be invalid, which must not be sent to fal
 * @param passedOver avatars that the caller excluded
 * @param failure last failure; null when all avatars were processed
 */
record SweepResult(
        int watched,
        int repaired,
        int stalled,
        int invalid,
        List<AvatarId> passedOver,
        @Nullable StoreException failure) {
    /** @throws StoreException when some avatars could not be processed, so that the caller is retried */
    void requireComplete() {
        if (failure != null) {
            throw failure;
        }
    }

    /** Counts so far. */
    static final class Count {
        int watched;
        int repaired;
        int stalled;
        int invalid;
        private final List<AvatarId> passedOver = new ArrayList<>();

        @Nullable
        StoreException failure;

        void passOver(List<AvatarId> ids, Set<AvatarId> except) {
            ids.stream().filter(except::contains).forEach(passedOver::add);
        }

        /** Adds the counts of another thread. */
        void add(Count other) {
            watched += other.watched;
            repaired += other.repaired;
            stalled += other.stalled;
            invalid += other.invalid;
            passedOver.addAll(other.passedOver);
            failure = other.failure == null ? failure : other.failure;
        }

        SweepResult swept() {
            return new SweepResult(watched, repaired, stalled, invalid, passedOver, failure);
        }
    }
}
