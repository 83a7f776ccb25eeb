package avatarmonitor.check;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.Watch.Doubt;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a fire of an avatar's trigger asks fal or passes. The trigger keeps its rhythm of one {@code monitor.interval}; what is
 * slower than that (backoff, stretched intervals, an interval of the avatar's own) leaves out fires. A fire that passes has still read the
 * avatar, so that a cancelled or retrained one is noticed at the rhythm. Pure: the same facts give the same answer on every worker.
 */
public final class Cadence {
    /** Longest backoff after failures. */
    static final Duration BACKOFF_MAX = Duration.ofMinutes(10);

    /** The same, in fires: with a short interval the backoff ends sooner. */
    static final int BACKOFF_MAX_FIRES = 10;

    /** Backoff is longer or shorter by up to this part, so that avatars that failed together are not asked together again. */
    static final double JITTER = 0.2;

    private Cadence() {}

    /**
     * What the decision depends on.
     *
     * @param rhythm time between two fires
     * @param wanted time between two requests, before any stretch; at least the rhythm counts
     * @param stretch factor of all waits while the rate limit is too low for them; 1 or less for none
     * @param failures without an answer in a row, see {@link #failures}
     * @param lastRequestAt when fal was last asked about this training; null when it was not
     * @param windowEndsAt when the window ends; stretched waits are counted from there
     * @param last whether this is the last fire of the window
     * @param deadline after which nobody waits for the training; null when there is none
     */
    public record Facts(
            AvatarId id,
            Duration rhythm,
            Duration wanted,
            double stretch,
            int failures,
            @Nullable Instant lastRequestAt,
            Instant windowEndsAt,
            boolean last,
            @Nullable Instant deadline,
            Instant now) {}

    /** What a fire does. */
    public sealed interface Turn {}

    /** fal is asked. */
    public record Ask() implements Turn {}

    /** fal is not asked: too early after the last request. */
    public record Pass(String why) implements Turn {}

    /** Decides one fire. */
    public static Turn decide(Facts facts) {
        Instant last = facts.lastRequestAt;
        // One in the future was written by a clock that was wrong.
        if (last == null || facts.now.isBefore(last) || isLast(facts)) {
            return new Ask();
        }
        if (!isNear(facts, last, backoff(facts.id, facts.failures, facts.rhythm))) {
            return new Pass("backoff after " + facts.failures + " failures in a row");
        }
        return intervalIsOver(facts, last) ? new Ask() : new Pass("its interval is longer than that of its trigger");
    }

    /** The last chance to ask in time: the window or the deadline ends before the next fire. */
    private static boolean isLast(Facts facts) {
        return facts.last
                || (facts.deadline != null && !facts.now.plus(facts.rhythm).isBefore(facts.deadline));
    }

    private static boolean intervalIsOver(Facts facts, Instant last) {
        Duration wait = atLeastRhythm(facts);
        if (facts.stretch <= 1) {
            return isNear(facts, last, wait);
        }
        // A stretched wait is no multiple of the rhythm. Fires are left out so that the waits are right on average, and
        // none is longer or
        // shorter than wanted by a whole fire.
        Duration stretched = stretched(facts);
        Duration since = Duration.between(last, facts.now);
        if (since.compareTo(stretched) >= 0) {
            return true;
        }
        return since.compareTo(stretched.minus(facts.rhythm)) > 0
                && cell(facts, stretched, last) != cell(facts, stretched, facts.now);
    }

    /** Counted back from the end of the window: a factor that changes a little moves the cells only a little. */
    private static long cell(Facts facts, Duration length, Instant at) {
        long phase = Math.floorMod(mixed(facts.id, 0), length.toMillis());
        return Math.floorDiv(Duration.between(at, facts.windowEndsAt).toMillis() + phase, length.toMillis());
    }

    /** Whether this fire is the nearest one to the end of the wait, or a later one. */
    private static boolean isNear(Facts facts, Instant last, Duration wait) {
        return wait.compareTo(facts.rhythm) <= 0
                || !facts.now.isBefore(last.plus(wait).minus(facts.rhythm.dividedBy(2)));
    }

    private static Duration atLeastRhythm(Facts facts) {
        return facts.wanted.compareTo(facts.rhythm) > 0 ? facts.wanted : facts.rhythm;
    }

    private static Duration stretched(Facts facts) {
        return Duration.ofMillis(Math.round(atLeastRhythm(facts).toMillis() * facts.stretch));
    }

    /**
     * The latest time at which fal is asked again when a request at {@code now} was answered; null when that is at the next fire. Later than
     * this the check is late.
     */
    static @Nullable Instant nextRequestBy(Facts facts) {
        Duration wait = facts.stretch > 1 ? stretched(facts) : atLeastRhythm(facts);
        Duration backoff = backoff(facts.id, facts.failures, facts.rhythm);
        Duration longest = backoff.compareTo(wait) > 0 ? backoff : wait;
        return longest.compareTo(facts.rhythm) <= 0
                ? null
                : facts.now.plus(longest).plus(facts.rhythm);
    }

    /** One rhythm after the second failure in a row, doubling to {@link #BACKOFF_MAX}; the first failure is tried again at the next fire. */
    static Duration backoff(AvatarId id, int failures, Duration rhythm) {
        if (failures < 2) {
            return rhythm;
        }
        Duration most = rhythm.multipliedBy(BACKOFF_MAX_FIRES);
        if (most.compareTo(BACKOFF_MAX) > 0) {
            most = BACKOFF_MAX;
        }
        double doubled = rhythm.toMillis() * Math.pow(2, Math.min(failures, 40) - 1);
        double jitter = 1 - JITTER + 2 * JITTER * (mixed(id, failures) >>> 11) / (1L << 53);
        return Duration.ofMillis(Math.round(Math.min(doubled, most.toMillis()) * jitter));
    }

    /** How often in a row the training could not be followed. A result that fal refuses is tried again one fire sooner than a failure. */
    static int failures(@Nullable Doubt doubt, int failuresInRow) {
        return doubt != null && doubt.kind() == Doubt.Kind.REFUSED ? doubt.inRow() - 1 : failuresInRow;
    }

    /** A finaliser of a good hash: the bits of similar ids and counts differ. */
    private static long mixed(AvatarId id, int count) {
        long bits = id.value().getMostSignificantBits() * 31
                + id.value().getLeastSignificantBits()
                + count * 0x9E3779B97F4A7C15L;
        bits = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
        bits = (bits ^ (bits >>> 27)) * 0x94D049BB133111EBL;
        return bits ^ (bits >>> 31);
    }
}
