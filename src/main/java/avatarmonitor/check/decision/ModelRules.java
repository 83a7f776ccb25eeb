package avatarmonitor.check.decision;

import avatarmonitor.avatar.OutputPath;
import avatarmonitor.avatar.TrainedModel;
import avatarmonitor.avatar.TrainingType;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Rules for a usable model in fal's output (docs/decision-table.md row 6): of the outputs that the training's type
 * accepts, the first one whose values are all present, each a valid URL where a URL is required, and short enough for
 * its column.
 */
public final class ModelRules {
    /** Length limits of URLs and texts where the application's columns set none. */
    private static final int URL_LENGTH_MAX = 2_000;

    private static final int TEXT_LENGTH_MAX = 255;

    /** Limits of a reason: number of listed fields, and length of each name. */
    private static final int FIELDS_NAMED_MAX = 20;

    private static final int FIELD_LENGTH_MAX = 60;

    private final Function<String, OptionalInt> lengths;
    private final boolean plainHttpAllowed;

    /**
     * @param lengths maximum of characters of a column; empty when it has no limit or does not exist
     * @param plainHttpAllowed true for a local fal queue only
     */
    public ModelRules(Function<String, OptionalInt> lengths, boolean plainHttpAllowed) {
        this.lengths = lengths;
        this.plainHttpAllowed = plainHttpAllowed;
    }

    /** A model, or why the output is unusable. */
    public sealed interface Reading {
        record Valid(TrainedModel model) implements Reading {}

        record Unusable(String reason) implements Reading {}
    }

    public Reading read(TrainingType type, JsonObject output) {
        OutputPath nearest = null;
        long fewest = Long.MAX_VALUE;
        for (TrainingType.Output accepted : type.outputs()) {
            Map<String, OutputPath> columns = accepted.columns();
            long missing = columns.values().stream()
                    .filter(path -> !isThere(path, output))
                    .count();
            if (missing == 0) {
                return model(columns, output);
            }
            if (missing < fewest) {
                fewest = missing;
                nearest = columns.values().stream()
                        .filter(path -> !isThere(path, output))
                        .findFirst()
                        .orElseThrow();
            }
        }
        if (nearest == null) {
            throw new IllegalStateException("training type " + type.name() + " accepts no output");
        }
        String missing = output.has(nearest.field()) ? nearest.toString() : nearest.field();
        return unusable(missing + " is missing", output);
    }

    private Reading model(Map<String, OutputPath> columns, JsonObject output) {
        Map<String, String> values = new LinkedHashMap<>();
        Set<String> urls = new LinkedHashSet<>();
        for (Map.Entry<String, OutputPath> one : columns.entrySet()) {
            String text = text(one.getValue().in(output));
            if (text == null) {
                return unusable(one.getValue() + " is not a text", output);
            }
            boolean url = one.getValue().endsInUrl() || one.getKey().endsWith("_url");
            Optional<String> problem = problem(text, one.getKey(), url);
            if (problem.isPresent()) {
                return unusable(one.getValue() + " " + problem.get(), output);
            }
            values.put(one.getKey(), text);
            if (url) {
                urls.add(text);
            }
        }
        return new Reading.Valid(new TrainedModel(values, urls));
    }

    private Optional<String> problem(String text, String column, boolean url) {
        int max = lengths.apply(column).orElse(url ? URL_LENGTH_MAX : TEXT_LENGTH_MAX);
        if (text.length() > max) {
            return Optional.of("is longer than " + max + " characters");
        }
        if (url) {
            return ModelUrl.problem(text, plainHttpAllowed);
        }
        return text.codePoints().anyMatch(character -> Character.isISOControl(character) || character == 0xfffd)
                ? Optional.of("has control or unreadable characters")
                : Optional.empty();
    }

    /** Returns whether the value is present; a blank text is not. */
    private static boolean isThere(OutputPath path, JsonObject output) {
        JsonElement found = path.in(output);
        String text = text(found);
        return found != null && (text == null || !text.isBlank());
    }

    private static @Nullable String text(@Nullable JsonElement element) {
        return element instanceof JsonPrimitive primitive && primitive.isString() ? primitive.getAsString() : null;
    }

    /** Lists the fields of the output, which show what {@code trainings.TYPE.outputs} should name. */
    private static Reading unusable(String reason, JsonObject output) {
        Set<String> names = output.keySet();
        String more = names.size() > FIELDS_NAMED_MAX ? " and " + (names.size() - FIELDS_NAMED_MAX) + " more" : "";
        String fields = names.isEmpty()
                ? "no fields"
                : "the fields "
                        + names.stream()
                                .limit(FIELDS_NAMED_MAX)
                                .map(ModelRules::shown)
                                .collect(Collectors.joining(", "))
                        + more;
        return new Reading.Unusable(reason + "; the result has " + fields);
    }

    private static String shown(String name) {
        String cut = name.substring(0, Math.min(name.length(), FIELD_LENGTH_MAX));
        return cut.replaceAll("[^\\x21-\\x7e]", "?");
    }
}
