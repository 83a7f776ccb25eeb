package avatarmonitor.check;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.Step.Observed;

/**
 * What one check saw of a training that goes on, and what it knew before: written down only while that still holds.
 *
 * @param outcome of the check
 * @param tookMillis how long the check took
 */
record Observation(Subject subject, Observed seen, CheckOutcome outcome, long tookMillis) {
    AvatarId id() {
        return subject.id();
    }

    String requestId() {
        return subject.guard().falRequestId();
    }

    /** How many checks were noted before. */
    long checksBefore() {
        return subject.watch() == null ? 0 : subject.watch().checks();
    }

    /** The same, with a failure that says why the avatar itself could not be touched. */
    Observation refused(WriteRefusal refusal) {
        Observed told = new Observed(
                seen.falStatus(),
                seen.queuePosition(),
                seen.progress(),
                Math.max(1, seen.failuresInRow()),
                seen.doubt(),
                seen.error() != null ? seen.error() : refusal.error(),
                seen.at());
        return new Observation(subject, told, outcome, tookMillis);
    }

    /** Whether it is worth an entry in the history: it failed, or fal's word is another one than before. */
    boolean isNews() {
        Watch before = subject.watch();
        return seen.error() != null || before == null || !seen.falStatus().equals(before.falStatus());
    }
}
