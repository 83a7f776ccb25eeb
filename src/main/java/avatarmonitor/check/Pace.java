package avatarmonitor.check;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.Step.Observed;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How often fal is asked about one training, before what holds for single avatars.
 *
 * @param interval of the triggers: {@code monitor.interval}
 * @param intervalWithHints wait while ends are told sooner than polling finds them
 * @param hintsProven whether that is so now
 * @param stretch factor by which all waits are longer while the rate limit of the cluster is too low for them; 1 when it is not
 */
public record Pace(Duration interval, Duration intervalWithHints, BooleanSupplier hintsProven, DoubleSupplier stretch) {

    /** Asks at each fire. */
    public static Pace steady(Duration interval) {
        return new Pace(interval, interval, () -> false, () -> 1);
    }

    /** What the fire does in which an avatar is checked. */
    Cadence.Turn turn(Known known, AvatarId id, Watch watch) {
        return Cadence.decide(facts(known, id, watch, Cadence.failures(watch.doubt(), watch.failuresInRow())));
    }

    /** Says when fal is asked again at the latest. Only an answer makes a check less late, so nothing is said without one. */
    Step withNextRequest(Known known, Step step) {
        if (!(step instanceof Step.KeepWatching keep) || !keep.observed().answered() || known.avatar() == null) {
            return step;
        }
        Observed seen = keep.observed();
        int failures = Cadence.failures(seen.doubt(), seen.failuresInRow());
        Cadence.Facts facts = facts(known, known.avatar().id(), known.watch(), failures);
        return new Step.KeepWatching(seen.askedAgainBy(Cadence.nextRequestBy(facts)), keep.refused());
    }

    private Cadence.Facts facts(Known known, AvatarId id, @Nullable Watch watch, int failures) {
        return new Cadence.Facts(
                id,
                interval,
                hintsProven.getAsBoolean() ? intervalWithHints : interval,
                stretch.getAsDouble(),
                failures,
                watch == null ? null : watch.lastRequestAt(),
                watch == null ? known.now() : watch.windowEndsAt(),
                known.lastLook(),
                null,
                known.now());
    }
}
