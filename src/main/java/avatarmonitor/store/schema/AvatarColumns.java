package avatarmonitor.store.schema;

import static avatarmonitor.store.schema.AvatarSchema.Kind.ENUM;
import static avatarmonitor.store.schema.AvatarSchema.Kind.JSON;
import static avatarmonitor.store.schema.AvatarSchema.Kind.NUMBER;
import static avatarmonitor.store.schema.AvatarSchema.Kind.TEXT;
import static avatarmonitor.store.schema.AvatarSchema.Kind.TIME;
import static avatarmonitor.store.schema.AvatarSchema.Kind.UUID;

import avatarmonitor.store.SchemaException;
import avatarmonitor.store.schema.AvatarSchema.Column;
import avatarmonitor.store.schema.AvatarSchema.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Requirements on the columns of the application's table. */
final class AvatarColumns {
    private record Need(String column, boolean required, List<Kind> kinds) {}

    private static final List<Need> NEEDS = List.of(
            new Need("id", true, List.of(UUID)),
            new Need("training_type", true, List.of(TEXT, ENUM)),
            new Need("status", true, List.of(TEXT, ENUM)),
            new Need("fal_request_id", true, List.of(TEXT)),
            new Need("training_started_at", true, List.of(TIME)),
            new Need("name", false, List.of(TEXT)),
            new Need("training_completed_at", false, List.of(TIME)),
            new Need("training_progress", false, List.of(NUMBER)),
            new Need("last_status_check", false, List.of(TIME)),
            new Need("training_error", false, List.of(TEXT)),
            new Need("finetune_id", false, List.of(TEXT)),
            new Need("diffusers_lora_file_url", false, List.of(TEXT)),
            new Need("config_file_url", false, List.of(TEXT)),
            new Need("fal_endpoint", false, List.of(TEXT)),
            new Need("fal_response_data", false, List.of(JSON, TEXT)),
            new Need("updated_at", false, List.of(TIME)));

    /** Values that {@code status} must accept besides the application's own. */
    static final List<String> STATUSES = List.of("training", "completed", "error", "cancelled");

    private AvatarColumns() {}

    static Set<String> names() {
        return NEEDS.stream().map(Need::column).collect(Collectors.toUnmodifiableSet());
    }

    /** The columns that a worker writes; only the application writes the others. */
    static Set<String> written() {
        Set<String> written = new HashSet<>(names());
        written.removeAll(
                Set.of("id", "name", "training_type", "fal_request_id", "fal_endpoint", "training_started_at"));
        return Set.copyOf(written);
    }

    static boolean isRequired(String column) {
        return NEEDS.stream().anyMatch(need -> need.required() && need.column().equals(column));
    }

    /**
     * Checks the columns and reports all problems at once.
     *
     * @param forbidden other problems that were found
     * @param named additional required columns, with the configuration key that names each
     */
    static void require(AvatarSchema schema, List<String> forbidden, Map<String, String> named) {
        List<String> problems = new ArrayList<>(forbidden);
        for (Need need : NEEDS) {
            @Nullable Column found = schema.columns().get(need.column());
            if (found == null) {
                if (need.required()) {
                    problems.add("column " + need.column() + " (" + expected(need) + ") is missing, add it");
                }
            } else if (!need.kinds().contains(found.kind())) {
                problems.add("column " + need.column() + " is " + found.type() + " but must be " + expected(need));
            }
        }
        new TreeMap<>(named).forEach((column, key) -> {
            @Nullable Column found = schema.columns().get(column);
            if (found == null) {
                problems.add("column " + column + ", which " + key
                        + " names, is missing or generated: add it, or correct " + key);
            } else if (found.kind() != TEXT) {
                problems.add("column " + column + ", which " + key + " names, is " + found.type()
                        + " but must be text or varchar");
            }
        });
        @Nullable Column status = schema.columns().get("status");
        if (status != null) {
            problems.addAll(problemsOfStatus(status));
        }
        if (!problems.isEmpty()) {
            throw new SchemaException(schema.table(), problems);
        }
    }

    private static List<String> problemsOfStatus(Column status) {
        if (status.kind() == ENUM) {
            String training = status.label("training").orElse("training");
            List<String> missing = STATUSES.stream()
                    .map(word -> AvatarSchema.inCaseOf(training, word))
                    .filter(label -> !status.labels().contains(label))
                    .toList();
            return missing.isEmpty()
                    ? List.of()
                    : List.of("enum " + status.type() + " of column status lacks " + String.join(", ", missing)
                            + ", add them with ALTER TYPE " + status.type() + " ADD VALUE");
        }
        int longest = STATUSES.stream().mapToInt(String::length).max().orElseThrow();
        return status.length().orElse(longest) >= longest
                ? List.of()
                : List.of("column status is " + status.type() + " but must hold " + longest + " characters");
    }

    private static String expected(Need need) {
        return need.kinds().stream()
                .map(kind -> switch (kind) {
                    case UUID -> "uuid";
                    case TEXT -> "text or varchar";
                    case ENUM -> "enum";
                    case NUMBER -> "integer";
                    case TIME -> "timestamp with time zone";
                    case JSON -> "json";
                    case OTHER -> "anything";
                })
                .collect(Collectors.joining(" or "));
    }
}
