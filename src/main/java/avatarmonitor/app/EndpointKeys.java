package avatarmonitor.app;

import avatarmonitor.avatar.TrainingType;
import avatarmonitor.avatar.TrainingTypes;
import avatarmonitor.fal.FalRequest;
import java.util.List;
import java.util.function.Function;

/** Where the endpoint of an application was set, for events about it. */
final class EndpointKeys {
    /** No configuration names it, so a row of the application's table does. */
    static final List<String> OF_A_ROW = List.of("avatars.fal_endpoint");

    private EndpointKeys() {}

    /** From an application as {@code owner/app} to what names it; never empty. */
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
