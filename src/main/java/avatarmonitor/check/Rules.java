package avatarmonitor.check;

import avatarmonitor.avatar.TrainingType;
import avatarmonitor.avatar.TrainingTypes;
import avatarmonitor.fal.FalRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The settings that decisions depend on.
 *
 * @param types the training types, each with its endpoint
 * @param maxFailuresInRow see {@link MonitorConfig}
 * @param notFoundGrace see {@link MonitorConfig}
 * @param model what makes a model valid
 * @param previousEndpoint where trainings of a type were submitted before its endpoint was changed a while ago
 */
public record Rules(
        TrainingTypes types,
        int maxFailuresInRow,
        Duration notFoundGrace,
        ModelRules model,
        Function<TrainingType, Optional<String>> previousEndpoint) {

    public Rules(TrainingTypes types, int maxFailuresInRow, Duration notFoundGrace, ModelRules model) {
        this(types, maxFailuresInRow, notFoundGrace, model, type -> Optional.empty());
    }

    public static Rules of(
            MonitorConfig monitor,
            TrainingTypes types,
            ModelRules model,
            Function<TrainingType, Optional<String>> previousEndpoint) {
        return new Rules(types, monitor.maxFailuresInRow(), monitor.notFoundGrace(), model, previousEndpoint);
    }

    /**
     * Where a request may be, in the order in which it is asked for there: where its row says, or else where fal answered about it before, or
     * else at the endpoint of its type, which may be another one than when it was submitted.
     */
    List<FalRequest> requests(Eligibility.Watchable watchable, Watch watch) {
        if (watchable.endpoint() != null) {
            return List.of(new FalRequest(watchable.endpoint(), watchable.requestId()));
        }
        if (watch.endpoint() != null) {
            return List.of(new FalRequest(watch.endpoint(), watchable.requestId()));
        }
        TrainingType type = watchable.type();
        return Stream.concat(Stream.of(type.endpoint()), previousEndpoint.apply(type).stream())
                .map(endpoint -> new FalRequest(endpoint, watchable.requestId()))
                .distinct()
                .toList();
    }

    /**
     * The ids under which a request may have been submitted, with their sub paths: the platform API lists by those. Where fal answered about the
     * request, only ids of that application; the bare application only when no configured id has it.
     */
    Set<String> submittedTo(Eligibility.Watchable watchable, Watch watch) {
        if (watchable.endpoint() != null) {
            return Set.of(watchable.endpoint());
        }
        TrainingType type = watchable.type();
        Set<String> known = Stream.concat(Stream.of(type.endpoint()), previousEndpoint.apply(type).stream())
                .filter(endpoint -> watch.endpoint() == null
                        || FalRequest.application(endpoint)
                                .filter(watch.endpoint()::equals)
                                .isPresent())
                .collect(Collectors.toCollection(TreeSet::new));
        return known.isEmpty() ? Set.of(String.valueOf(watch.endpoint())) : known;
    }
}
