package avatarmonitor.check.decision;

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
 * Settings that decisions depend on.
 *
 * @param types the training types, each with its endpoint
 * @param maxFailuresInRow see {@link MonitorConfig}
 * @param notFoundGrace see {@link MonitorConfig}
 * @param model validation of the model
 * @param otherEndpoints other endpoints that trainings of a type may have been submitted to: those of other
 *     workers, and earlier ones
 * @param intervals how often a request to fal is sent for one training
 */
public record Rules(
        TrainingTypes types,
        int maxFailuresInRow,
        Duration notFoundGrace,
        ModelRules model,
        Function<TrainingType, List<String>> otherEndpoints,
        RequestIntervals intervals) {

    public static Rules of(
            MonitorConfig monitor,
            TrainingTypes types,
            ModelRules model,
            Function<TrainingType, List<String>> otherEndpoints,
            RequestIntervals intervals) {
        return new Rules(types, monitor.maxFailuresInRow(), monitor.notFoundGrace(), model, otherEndpoints, intervals);
    }

    /**
     * Returns the requests to try, in order: the endpoint in the row, then the one that fal answered for before. When
     * neither is known, the endpoint of the type, then the other endpoints that trainings of the type may have been
     * submitted to.
     */
    public List<FalRequest> requests(Eligibility.Eligible eligible, Monitoring monitoring) {
        TrainingType type = eligible.type();
        List<@Nullable String> known = Arrays.asList(eligible.endpoint(), monitoring.endpoint());
        Stream<@Nullable String> ofType =
                Stream.concat(Stream.of(type.endpoint()), otherEndpoints.apply(type).stream());
        return (known.stream().anyMatch(Objects::nonNull) ? known.stream() : ofType)
                .filter(Objects::nonNull)
                .map(endpoint -> new FalRequest(endpoint, eligible.requestId(), type.name()))
                .distinct()
                .toList();
    }

    /**
     * Returns the ids under which a request may have been submitted, with their sub paths, by which the platform API
     * lists requests. When the row names an endpoint or fal answered about the request, only ids of that application;
     * the bare application only when no configured id has it.
     */
    Set<String> submittedTo(Eligibility.Eligible eligible, Monitoring monitoring) {
        TrainingType type = eligible.type();
        Set<String> ids = new TreeSet<>();
        if (eligible.endpoint() != null) {
            ids.add(eligible.endpoint());
        }
        Stream.concat(Stream.of(type.endpoint()), otherEndpoints.apply(type).stream())
                .filter(id ->
                        monitoring.endpoint() == null ? eligible.endpoint() == null : isOf(monitoring.endpoint(), id))
                .forEach(ids::add);
        if (monitoring.endpoint() != null && ids.stream().noneMatch(id -> isOf(monitoring.endpoint(), id))) {
            ids.add(monitoring.endpoint());
        }
        return ids;
    }

    private static boolean isOf(String application, String id) {
        return FalRequest.application(id).filter(application::equals).isPresent();
    }
}
