package avatarmonitor.avatar;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The training types that this process is configured with; at least one. */
public final class TrainingTypes {
    /** Model columns that the table may lack; missing ones are left out. */
    private static final List<String> OPTIONAL_COLUMNS =
            List.of("diffusers_lora_file_url", "config_file_url", "finetune_id");

    private final Map<String, TrainingType> byName = new LinkedHashMap<>();
    private final Set<String> columns = new LinkedHashSet<>(OPTIONAL_COLUMNS);
    private final Map<String, String> required = new LinkedHashMap<>();

    /**
     * Combines types.
     *
     * @throws IllegalArgumentException when there is none, or two have the same name in another letter case
     */
    public TrainingTypes(Collection<TrainingType> types) {
        for (TrainingType type : types) {
            if (byName.put(AsciiCase.upper(type.name()), type) != null) {
                throw new IllegalArgumentException("two training types are called " + type.name());
            }
            type.outputs().forEach(output -> columns.addAll(output.columns().keySet()));
            type.outputs().stream()
                    .flatMap(output -> output.columns().keySet().stream())
                    .filter(column -> !OPTIONAL_COLUMNS.contains(column))
                    .forEach(column -> required.putIfAbsent(column, type.key("outputs")));
        }
        if (byName.isEmpty()) {
            throw new IllegalArgumentException("no training type");
        }
    }

    /** Returns the type of the application's text, in any case of ASCII letters; empty when there is none. */
    public Optional<TrainingType> find(@Nullable String text) {
        return text == null ? Optional.empty() : Optional.ofNullable(byName.get(AsciiCase.upper(text)));
    }

    /** All types in the order of the configuration. */
    public List<TrainingType> all() {
        return List.copyOf(byName.values());
    }

    /** Names as the database compares them: ASCII letters in upper case. */
    public Set<String> upperNames() {
        return Set.copyOf(byName.keySet());
    }

    /** All columns that any model fills; those that a model does not fill become NULL. */
    public Set<String> columns() {
        return Set.copyOf(columns);
    }

    /** Columns that the application's table must have because a type names them, with the key that does. */
    public Map<String, String> requiredColumns() {
        return Map.copyOf(required);
    }

    /** The configured endpoints by the key that sets each. */
    public Map<String, String> endpoints() {
        Map<String, String> endpoints = new LinkedHashMap<>();
        byName.values().forEach(type -> endpoints.put(type.endpointKey(), type.endpoint()));
        return endpoints;
    }

    /** The names separated by commas, for display. */
    public String words() {
        return byName.values().stream().map(TrainingType::name).collect(Collectors.joining(", "));
    }
}
