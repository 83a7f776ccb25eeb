package avatarmonitor.check.decision;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.decision.Monitoring.Doubt;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a fire of an avatar's trigger sends a request to fal or skips it. The trigger fires once per {@code
 * monitor.interval}; longer waits (backoff, stretched intervals, longer intervals of an avatar) skip fires. A skipped
 * fire has still read the avatar, so a cancelled or retrained one is detected at the interval. Pure: the same facts
 * give the same result on every worker.
 */
public final class Cadence {
    /** Maximum of the backoff after failures, before jitter. */
    static final Duration BACKOFF_MAX = Duration.ofMinutes(10);

    /** The same maximum in fires: with a short interval the backoff ends sooner. */
    static final int BACKOFF_MAX_FIRES = 10;

    /** Jitter of the backoff, as a fraction: avatars that failed together are not checked together again. */
    static final double JITTER = 0.2;

    /** While an operator has paused polling every fire is skipped, even the last one of a window. */
    static final Skip PAUSED = new Skip("polling is paused by an operator");

    private Cadence() {}

    /**
     * Input of the decision.
     *
     * @param triggerInterval time between two fires
     * @param requestInterval time between two requests, before stretching; at least {@code triggerInterval} counts
     * @param stretch factor of the waits of this training while the rate limit is too low for all; 1 or less for none
     * @param failures consecutive checks without an answer, see {@link #failures}
     * @param lastRequestAt time of the last request to fal about this training; null when there was none
     * @param windowEndsAt end of the window; stretched waits are counted back from it
     * @param last whether this is the last fire of the window
     * @param deadline time after which the result is of no use; null when there is none
     */
    public record Facts(
            AvatarId id,
            Duration triggerInterval,
            Duration requestInterval,
            double stretch,
            int failures,
            @Nullable Instant lastRequestAt,
            Instant windowEndsAt,
            boolean last,
            @Nullable Instant deadline,
            Instant now) {}

    /** Decision about a fire. */
    public sealed interface FireDecision {}

    /** The fire sends a request to fal. */
    public record Send() implements FireDecision {}

    /** The fire is skipped: too early after the last request. */
    public record Skip(String why) implements FireDecision {}

    /** Decides about one fire. */
    public static FireDecision decide(Facts facts) {
        Instant last = facts.lastRequestAt;
        // A time in the future was written by a wrong clock.
        if (last == null || facts.now.isBefore(last) || isLast(facts)) {
            return new Send();
        }
        if (!isNear(facts, last, backoff(facts.id, facts.failures, facts.triggerInterval))) {
            return new Skip("backoff after " + facts.failures + " failures in a row");
        }
        return intervalIsOver(facts, last) ? new Send() : new Skip("its interval is longer than that of its trigger");
    }

    /** Returns whether this is the last fire in time: the window or the deadline ends before the next one. */
    private static boolean isLast(Facts facts) {
        return facts.last
                || (facts.deadline != null
                        && !facts.now.plus(facts.triggerInterval).isBefore(facts.deadline));
    }

    private static boolean intervalIsOver(Facts facts, Instant last) {
        Duration wait = effectiveInterval(facts);
        if (facts.stretch <= 1) {
            return isNear(facts, last, wait);
        }
        // A stretched wait is no multiple of the fire interval. Skipping is such that waits are right on average,
        // and each differs by less than one fire interval.
        Duration stretched = stretched(facts);
        Duration since = Duration.between(last, facts.now);
        if (since.compareTo(stretched) >= 0) {
            return true;
        }
        return since.compareTo(stretched.minus(facts.triggerInterval)) > 0
                && cell(facts, stretched, last) != cell(facts, stretched, facts.now);
    }

    /** Counts cells back from the end of the window: a small change of the factor moves them only a little. */
    private static long cell(Facts facts, Duration length, Instant at) {
        long phase = Math.floorMod(mixed(facts.id, 0), length.toMillis());
        return Math.floorDiv(Duration.between(at, facts.windowEndsAt).toMillis() + phase, length.toMillis());
    }

    /** Returns whether this fire is the nearest one to the end of the wait, or a later one. */
    private static boolean isNear(Facts facts, Instant last, Duration wait) {
        return wait.compareTo(facts.triggerInterval) <= 0
                || !facts.now.isBefore(last.plus(wait).minus(facts.triggerInterval.dividedBy(2)));
    }

    private static Duration effectiveInterval(Facts facts) {
        return facts.requestInterval.compareTo(facts.triggerInterval) > 0
                ? facts.requestInterval
                : facts.triggerInterval;
    }

    private static Duration stretched(Facts facts) {
        return Duration.ofMillis(Math.round(effectiveInterval(facts).toMillis() * facts.stretch));
    }

    /**
     * Returns the latest time of the next request to fal when one at {@code now} was answered; null when that is the
     * next fire. A later check counts as late.
     */
    static @Nullable Instant nextRequestBy(Facts facts) {
        Duration wait = facts.stretch > 1 ? stretched(facts) : effectiveInterval(facts);
        Duration backoff = backoff(facts.id, facts.failures, facts.triggerInterval);
        Duration longest = backoff.compareTo(wait) > 0 ? backoff : wait;
        return longest.compareTo(facts.triggerInterval) <= 0
                ? null
                : facts.now.plus(longest).plus(facts.triggerInterval);
    }

    /**
     * Returns the backoff after consecutive failures, from one fire interval after the first failure, doubling up to
     * {@link #BACKOFF_MAX}, with jitter from the second on.
     */
    static Duration backoff(AvatarId id, int failures, Duration triggerInterval) {
        if (failures < 2) {
            return triggerInterval;
        }
        Duration most = triggerInterval.multipliedBy(BACKOFF_MAX_FIRES);
        if (most.compareTo(BACKOFF_MAX) > 0) {
            most = BACKOFF_MAX;
        }
        double doubled = triggerInterval.toMillis() * Math.pow(2, Math.min(failures, 40) - 1);
        double jitter = 1 - JITTER + 2 * JITTER * (mixed(id, failures) >>> 11) / (1L << 53);
        return Duration.ofMillis(Math.round(Math.min(doubled, (double) most.toMillis()) * jitter));
    }

    /**
     * Returns how often in a row the training could not be checked. A refused result counts one less than a failure, so
     * its retry is one fire sooner.
     */
    static int failures(@Nullable Doubt doubt, int failuresInRow) {
        return doubt != null && doubt.kind() == Doubt.Kind.REFUSED ? doubt.inRow() - 1 : failuresInRow;
    }

    /** Mixes the bits of id and count (finalizer of SplitMix64): those of similar inputs differ. */
    private static long mixed(AvatarId id, int count) {
        long bits = id.value().getMostSignificantBits() * 31
                + id.value().getLeastSignificantBits()
                + count * 0x9E3779B97F4A7C15L;
        bits = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
        bits = (bits ^ (bits >>> 27)) * 0x94D049BB133111EBL;
        return bits ^ (bits >>> 31);
    }
}
