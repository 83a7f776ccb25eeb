package avatarmonitor.testing;

import avatarmonitor.avatar.TrainedModel;
import avatarmonitor.avatar.TrainingType;
import avatarmonitor.avatar.TrainingTypes;
import avatarmonitor.config.SettingsLoader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;

/** Training types for tests: the shipped ones, with any endpoints. */
public final class Types {
    /** The types of the shipped configuration. */
    public static final TrainingTypes SHIPPED = new SettingsLoader(Map.of(), Path.of("target"), "here")
            .load(Optional.empty())
            .trainings();

    public static final TrainingType PORTRAIT = SHIPPED.find("PORTRAIT").orElseThrow();
    public static final TrainingType STYLE = SHIPPED.find("STYLE").orElseThrow();

    private Types() {}

    /** Returns the types of a configuration file with these lines. */
    public static TrainingTypes configured(String... lines) {
        try {
            Path file = Files.createTempFile("types", ".conf");
            try {
                Files.writeString(file, String.join("\n", lines));
                return new SettingsLoader(Map.of(), Path.of("target"), "here")
                        .load(Optional.of(file.toAbsolutePath()))
                        .trainings();
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the shipped types with other endpoints. */
    public static TrainingTypes at(String portrait, String style) {
        return new TrainingTypes(List.of(at(PORTRAIT, portrait), at(STYLE, style)));
    }

    public static TrainingType at(TrainingType type, String endpoint) {
        return new TrainingType(type.name(), endpoint, type.outputs(), type.modelCheck());
    }

    /** Returns the model of a portrait's two files. */
    public static TrainedModel model(String loraFile, String configFile) {
        return new TrainedModel(
                Map.of("diffusers_lora_file_url", loraFile, "config_file_url", configFile),
                new HashSet<>(List.of(loraFile, configFile)));
    }

    /** Returns the model of an id. */
    public static TrainedModel finetuned(String id) {
        return new TrainedModel(Map.of("finetune_id", id), Set.of());
    }

    /** Returns column lengths: one limit for URLs, one for all others. */
    public static Function<String, OptionalInt> lengths(int url, int text) {
        return column -> OptionalInt.of(column.endsWith("_url") ? url : text);
    }
}
