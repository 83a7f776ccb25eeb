package avatarmonitor.testing;

import avatarmonitor.avatar.TrainingType;
import avatarmonitor.avatar.TrainingTypes;
import avatarmonitor.check.decision.ModelRules;
import avatarmonitor.check.decision.RequestIntervals;
import avatarmonitor.check.decision.Rules;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/** Rules for tests: a request to fal at each fire of a trigger that fires once a minute. */
public final class TestRules {
    private TestRules() {}

    /** Returns rules without other endpoints than those of the types. */
    public static Rules of(TrainingTypes types, int maxFailuresInRow, Duration notFoundGrace, ModelRules model) {
        return of(types, maxFailuresInRow, notFoundGrace, model, type -> List.of());
    }

    public static Rules of(
            TrainingTypes types,
            int maxFailuresInRow,
            Duration notFoundGrace,
            ModelRules model,
            Function<TrainingType, List<String>> otherEndpoints) {
        return new Rules(types, maxFailuresInRow, notFoundGrace, model, otherEndpoints, steady(Duration.ofMinutes(1)));
    }

    /** Returns the same rules with another pace. */
    public static Rules at(Rules rules, RequestIntervals pace) {
        return new Rules(
                rules.types(),
                rules.maxFailuresInRow(),
                rules.notFoundGrace(),
                rules.model(),
                rules.otherEndpoints(),
                pace);
    }

    /** Returns the pace with a request at each fire. */
    public static RequestIntervals steady(Duration interval) {
        return new RequestIntervals(interval, interval, () -> false, () -> 0, type -> false);
    }
}
