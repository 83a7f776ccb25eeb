package avatarmonitor.check.decision;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.TrainingType;
import avatarmonitor.check.decision.NextAction.Observed;
import java.time.Duration;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How often requests to fal are sent for one training.
 *
 * @param interval interval of the triggers: {@code monitor.interval}
 * @param intervalWithHints interval while hints are proven
 * @param hintsProven whether hints reliably report ends sooner than regular checks find them
 * @param stretch factor by which the waits of ordinary trainings are longer while the rate limit of the cluster is too
 *     low for all, see {@link RequestDemand#stretch}; 0 when it is not
 * @param paused whether an operator has paused polling of a training type, in any letter case
 */
public record RequestIntervals(
        Duration interval,
        Duration intervalWithHints,
        BooleanSupplier hintsProven,
        DoubleSupplier stretch,
        Predicate<String> paused) {

    public static RequestIntervals of(
            MonitorConfig monitor, BooleanSupplier hintsProven, DoubleSupplier stretch, Predicate<String> paused) {
        return new RequestIntervals(monitor.interval(), monitor.intervalWithHints(), hintsProven, stretch, paused);
    }

    /** Decides about the fire in which an avatar is checked. */
    Cadence.FireDecision decideFire(CheckState state, TrainingType type, Monitoring monitoring) {
        if (paused.test(type.name())) {
            return Cadence.PAUSED;
        }
        AvatarId id = Objects.requireNonNull(state.avatar()).id();
        return Cadence.decide(facts(state, id, monitoring, monitoring.doubt(), monitoring.failuresInRow()));
    }

    /**
     * Adds the latest time of the next request to a step. Without an answer of fal the step is unchanged: the check
     * does not become less late.
     */
    NextAction withNextRequest(CheckState state, NextAction step) {
        if (!(step instanceof NextAction.KeepMonitoring keep)
                || !keep.observed().answered()
                || state.avatar() == null) {
            return step;
        }
        Observed seen = keep.observed();
        Cadence.Facts facts = facts(state, state.avatar().id(), state.monitoring(), seen.doubt(), seen.failuresInRow());
        return new NextAction.KeepMonitoring(seen.withNextRequestBy(Cadence.nextRequestBy(facts)), keep.refused());
    }

    /**
     * A hint that has come may be the reason for a check without an answer, and does not come again: hints do not count
     * then.
     */
    private Cadence.Facts facts(
            CheckState state,
            AvatarId id,
            @Nullable Monitoring monitoring,
            Monitoring.@Nullable Doubt doubt,
            int failuresInRow) {
        Overrides own = monitoring == null ? Overrides.NONE : monitoring.overrides();
        boolean answered = doubt == null && failuresInRow == 0;
        Duration ordinary = own.interval() != null ? own.interval() : interval;
        boolean longer = own.interval() == null && answered && intervalWithHints.compareTo(interval) > 0;
        Duration requestInterval = longer && hintsProven.getAsBoolean() ? intervalWithHints : ordinary;
        // The rate limit suffices for one request in each stretched interval: the longer interval that hints allow
        // stretches only by what is missing to that.
        double factor = own.factor(stretch.getAsDouble()) * ordinary.toMillis() / requestInterval.toMillis();
        return new Cadence.Facts(
                id,
                own.triggerInterval(interval),
                requestInterval,
                factor,
                Cadence.failures(doubt, failuresInRow),
                monitoring == null ? null : monitoring.lastRequestAt(),
                monitoring == null ? state.now() : monitoring.windowEndsAt(),
                state.lastInWindow(),
                own.deadline(),
                state.now());
    }
}
