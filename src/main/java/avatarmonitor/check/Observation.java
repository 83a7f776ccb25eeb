package avatarmonitor.check;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.check.decision.Monitoring;
import avatarmonitor.check.decision.NextAction.Observed;

/**
 * Result of one check of a training that continues, with the state on which it is based: written only while that state
 * is unchanged (optimistic lock).
 *
 * @param outcome of the check
 * @param tookMillis duration of the check
 */
record Observation(CheckedAvatar subject, Observed seen, CheckOutcome outcome, long tookMillis) {
    AvatarId id() {
        return subject.id();
    }

    String requestId() {
        return subject.guard().falRequestId();
    }

    /** Number of checks recorded before. */
    long checksBefore() {
        return subject.monitoring() == null ? 0 : subject.monitoring().checks();
    }

    /** Returns the same result with the error that the avatar's row could not be updated. */
    Observation refused(WriteRefusal refusal) {
        Observed observed = new Observed(
                seen.falStatus(),
                seen.queuePosition(),
                seen.progress(),
                Math.max(1, seen.failuresInRow()),
                seen.doubt(),
                seen.error() != null ? seen.error() : refusal.error(),
                seen.at(),
                seen.endpoint(),
                seen.nextRequestBy());
        return new Observation(subject, observed, outcome, tookMillis);
    }

    /** Returns whether it belongs in the history: the check failed, or fal's status has changed. */
    boolean isNews() {
        Monitoring before = subject.monitoring();
        return seen.error() != null || before == null || !seen.falStatus().equals(before.falStatus());
    }
}
