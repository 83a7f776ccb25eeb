package avatarmonitor.check;

import avatarmonitor.avatar.TrainingType;
import avatarmonitor.fal.FalConfig;
import avatarmonitor.fal.FalRequest;
import avatarmonitor.fal.FalRequestId;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/**
 * The settings that decisions depend on.
 *
 * @param endpoints fal application for each training type
 * @param maxFailuresInRow see {@link MonitorConfig}
 * @param notFoundGrace see {@link MonitorConfig}
 * @param model what makes a model valid
 */
public record Rules(
        Map<TrainingType, String> endpoints, int maxFailuresInRow, Duration notFoundGrace, ModelRules model) {

    public static Rules of(MonitorConfig monitor, FalConfig fal, ModelRules model) {
        return new Rules(
                Map.of(TrainingType.PORTRAIT, fal.portraitEndpoint(), TrainingType.STYLE, fal.styleEndpoint()),
                monitor.maxFailuresInRow(),
                monitor.notFoundGrace(),
                model);
    }

    /** The key that sets the end point of a type. */
    String endpointKey(TrainingType type) {
        return "fal.endpoints." + type.name().toLowerCase(Locale.ROOT);
    }

    FalRequest request(Eligibility.Watchable watchable) {
        String endpoint = endpoints.get(watchable.type());
        if (endpoint == null) {
            throw new IllegalStateException("no endpoint for training type " + watchable.type());
        }
        FalRequestId id = watchable.requestId();
        return new FalRequest(endpoint, id);
    }
}
