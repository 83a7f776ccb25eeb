package avatarmonitor.app;

import avatarmonitor.avatar.TrainingType;
import avatarmonitor.avatar.TrainingTypes;
import avatarmonitor.fal.FalRequest;
import java.util.List;
import java.util.function.Function;

/** Finds the configuration keys of an endpoint, for events about it. */
final class EndpointKeys {
    /** Used when no key names the endpoint, so that it comes from a row of the application's table. */
    static final List<String> OF_A_ROW = List.of("avatars.fal_endpoint");

    private EndpointKeys() {}

    /** Returns a function from an application {@code owner/app} to the keys that name it; never empty. */
    static Function<String, List<String>> of(TrainingTypes types) {
        return application -> {
            List<String> keys = types.all().stream()
                    .filter(type -> FalRequest.application(type.endpoint())
                            .filter(application::equals)
                            .isPresent())
                    .map(TrainingType::endpointKey)
                    .toList();
            return keys.isEmpty() ? OF_A_ROW : keys;
        };
    }
}
