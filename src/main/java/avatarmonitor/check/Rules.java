package avatarmonitor.check;

import avatarmonitor.avatar.TrainingType;
import avatarmonitor.avatar.TrainingTypes;
import avatarmonitor.fal.FalRequest;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The settings that decisions depend on.
 *
 * @param types the training types, each with its endpoint
 * @param maxFailuresInRow see {@link MonitorConfig}
 * @param notFoundGrace see {@link MonitorConfig}
 * @param model what makes a model valid
 * @param otherEndpoints where else trainings of a type may have been submitted: endpoints of other workers, or of a while ago
 * @param pace how often fal is asked about one training
 */
public record Rules(
        TrainingTypes types,
        int maxFailuresInRow,
        Duration notFoundGrace,
        ModelRules model,
        Function<TrainingType, List<String>> otherEndpoints,
        Pace pace) {

    public Rules(TrainingTypes types, int maxFailuresInRow, Duration notFoundGrace, ModelRules model) {
        this(types, maxFailuresInRow, notFoundGrace, model, type -> List.of());
    }

    /** fal is asked at each fire of a trigger that fires once a minute. */
    Rules(
            TrainingTypes types,
            int maxFailuresInRow,
            Duration notFoundGrace,
            ModelRules model,
            Function<TrainingType, List<String>> otherEndpoints) {
        this(types, maxFailuresInRow, notFoundGrace, model, otherEndpoints, Pace.steady(Duration.ofMinutes(1)));
    }

    public static Rules of(
            MonitorConfig monitor,
            TrainingTypes types,
            ModelRules model,
            Function<TrainingType, List<String>> otherEndpoints) {
        Pace pace = Pace.steady(monitor.interval());
        return new Rules(types, monitor.maxFailuresInRow(), monitor.notFoundGrace(), model, otherEndpoints, pace);
    }

    /** The same rules at another pace. */
    public Rules at(Pace other) {
        return new Rules(types, maxFailuresInRow, notFoundGrace, model, otherEndpoints, other);
    }

    /**
     * Where a request may be, in the order in which it is asked for there: where its row says, then where fal answered about it before. Where
     * neither is known, at the endpoint of its type, and then where else trainings of the type may have been submitted.
     */
    List<FalRequest> requests(Eligibility.Watchable watchable, Watch watch) {
        TrainingType type = watchable.type();
        List<@Nullable String> known = Arrays.asList(watchable.endpoint(), watch.endpoint());
        Stream<@Nullable String> ofType =
                Stream.concat(Stream.of(type.endpoint()), otherEndpoints.apply(type).stream());
        return (known.stream().anyMatch(Objects::nonNull) ? known.stream() : ofType)
                .filter(Objects::nonNull)
                .map(endpoint -> new FalRequest(endpoint, watchable.requestId()))
                .distinct()
                .toList();
    }

    /**
     * The ids under which a request may have been submitted, with their sub paths: the platform API lists by those. Where its row says or fal
     * answered about it, only ids of that application; the bare application only when no configured id has it.
     */
    Set<String> submittedTo(Eligibility.Watchable watchable, Watch watch) {
        TrainingType type = watchable.type();
        Set<String> ids = new TreeSet<>();
        if (watchable.endpoint() != null) {
            ids.add(watchable.endpoint());
        }
        Stream.concat(Stream.of(type.endpoint()), otherEndpoints.apply(type).stream())
                .filter(id -> watch.endpoint() == null ? watchable.endpoint() == null : isOf(watch.endpoint(), id))
                .forEach(ids::add);
        if (watch.endpoint() != null && ids.stream().noneMatch(id -> isOf(watch.endpoint(), id))) {
            ids.add(watch.endpoint());
        }
        return ids;
    }

    private static boolean isOf(String application, String id) {
        return FalRequest.application(id).filter(application::equals).isPresent();
    }
}
