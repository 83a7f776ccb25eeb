package avatarmonitor.avatar;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One type of training, configured by {@code trainings.NAME}: its endpoint at fal, and which values of fal's output
 * form a model. The only definition of a type.
 *
 * @param name as configured; compared with the application's {@code training_type} in any letter case
 * @param endpoint fal's id of the trainer, {@code owner/app} with or without a sub path
 * @param outputs accepted outputs in order: the first one whose paths are all present is the model; at least one
 * @param modelCheck whether the URLs of a model are requested before it is stored
 */
public record TrainingType(String name, String endpoint, List<Output> outputs, ModelCheck modelCheck) {

    /** Handling of a model whose files cannot be fetched. */
    public enum ModelCheck {
        /** The files are not requested. */
        OFF,
        /** The model is stored, and an event reports the problem. */
        WARN,
        /** A model with a missing file is not accepted. */
        REQUIRE
    }

    /**
     * One accepted output.
     *
     * @param columns column of {@code avatars} to the path of its value, in the order of the configuration; at
     *     least one
     */
    public record Output(Map<String, OutputPath> columns) {
        public Output {
            columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
        }
    }

    public TrainingType {
        outputs = List.copyOf(outputs);
    }

    /** The configuration key that sets the endpoint. */
    public String endpointKey() {
        return key("endpoint");
    }

    /** The configuration key of one of its settings. */
    public String key(String setting) {
        return "trainings." + name + "." + setting;
    }
}
