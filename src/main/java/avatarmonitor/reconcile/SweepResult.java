package avatarmonitor.reconcile;

import avatarmonitor.avatar.AvatarId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts of sweeps and repairs so far. */
final class SweepResult {
    private static final Logger log = LoggerFactory.getLogger(SweepResult.class);

    /** Avatars that got a trigger. */
    int watched;

    /** Those of them whose old trigger was lost or broken, and repaired faults. */
    int repaired;

    /** Trainings newly found to be too old. */
    int stalled;

    /** Avatars newly found to be invalid, which must not be sent to fal. */
    int invalid;

    /** Avatars that the caller excluded. */
    final List<AvatarId> passedOver = new ArrayList<>();

    /** Last failure; null when all were processed. */
    @Nullable
    RuntimeException failure;

    void passOver(List<AvatarId> ids, Set<AvatarId> except) {
        ids.stream().filter(except::contains).forEach(passedOver::add);
    }

    /** Adds other counts, such as those of another thread. */
    void add(SweepResult other) {
        watched += other.watched;
        repaired += other.repaired;
        stalled += other.stalled;
        invalid += other.invalid;
        passedOver.addAll(other.passedOver);
        failure = other.failure == null ? failure : other.failure;
    }

    /** Repairs one fault after the other; a failure does not prevent the other repairs. */
    void repair(MonitoringTriggers triggers, List<ScheduleFault> faults, Instant now) {
        for (ScheduleFault fault : faults) {
            try {
                repaired += triggers.repair(fault, now) ? 1 : 0;
            } catch (RuntimeException e) {
                log.warn(
                        "not repaired kind={} subject={} error={}",
                        fault.kind().word(),
                        fault.subject(),
                        e.getMessage());
                failure = e;
            }
        }
    }

    /** Throws the last failure, so that the caller is retried. */
    void requireComplete() {
        if (failure != null) {
            throw failure;
        }
    }
}
