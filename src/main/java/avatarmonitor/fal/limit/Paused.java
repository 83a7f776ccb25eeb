package avatarmonitor.fal.limit;

import avatarmonitor.fal.answer.RetryAfter;
import avatarmonitor.fal.limit.FalPauseListener.Refusal;
import java.time.Duration;
import java.time.Instant;

/**
 * A polling pause, from the first refusal to the next answer, or to its expiry.
 *
 * @param refusal what fal refuses
 * @param since time of the first refusal
 * @param until time of the next attempt. With a refused key it may have passed: then the next request is the
 *     attempt, and the pause lasts until its answer
 */
public record Paused(Refusal refusal, Instant since, Instant until, String reason) {

    /** Returns whether an operator must act: only an answer of fal shows that this happened. */
    public boolean isAccess() {
        return refusal != Refusal.PACE;
    }

    /** Returns whether the remaining time exceeds every possible pause: the clock was set back. */
    boolean outlastsAll(Instant now) {
        return until.isAfter(now.plus(RetryAfter.MAX));
    }

    /** Returns whether it is a rate pause that has expired. */
    public boolean isOverByTime(Instant now) {
        return !isAccess() && (outlastsAll(now) || !now.isBefore(until.plus(FalPause.RATE_GRACE)));
    }

    /**
     * Returns this pause extended by a later refusal. Answers of concurrent requests may come in any order: the latest
     * end counts. The first access refusal names the pause until fal answers: an operator must act on either, and each
     * change of the name would be reported.
     */
    public Paused joinedBy(Paused later) {
        Paused name = isAccess() ? this : later;
        Instant latest = later.until.isAfter(until) ? later.until : until;
        return new Paused(name.refusal, since, latest, name.reason);
    }

    /** Returns the same pause by a clock that is ahead by this much. */
    public Paused by(Duration ahead) {
        return new Paused(refusal, since.plus(ahead), until.plus(ahead), reason);
    }

    /**
     * Returns whether it is the same pause with about the same end, going by clocks that are converted into each other.
     */
    boolean isAbout(Paused other) {
        return refusal == other.refusal
                && Duration.between(until, other.until).abs().compareTo(Duration.ofSeconds(1)) < 0;
    }
}
