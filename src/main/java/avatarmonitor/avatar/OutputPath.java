package avatarmonitor.avatar;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Path of a value in fal's output: names separated by dots, each with an index where it is a list, such as {@code
 * diffusers_lora_file.url} or {@code adapters[0].file.url}.
 */
public final class OutputPath {
    /** Limits well above real paths; a longer text is a mistake. */
    private static final int LENGTH_MAX = 200;

    private static final int PARTS_MAX = 8;
    private static final Pattern PART = Pattern.compile("([A-Za-z0-9_-]{1,64})(?:\\[(\\d{1,4})])?");

    private final String text;
    private final List<Part> parts;

    /** @param index null when the member is not a list */
    private record Part(String name, @Nullable Integer index) {}

    private OutputPath(String text, List<Part> parts) {
        this.text = text;
        this.parts = List.copyOf(parts);
    }

    /** Parses a path; empty when the text is not valid. */
    public static Optional<OutputPath> parse(String text) {
        String[] names = text.split("\\.", -1);
        if (text.length() > LENGTH_MAX || names.length > PARTS_MAX) {
            return Optional.empty();
        }
        List<Part> parts = new ArrayList<>();
        for (String name : names) {
            Matcher part = PART.matcher(name);
            if (!part.matches()) {
                return Optional.empty();
            }
            parts.add(new Part(part.group(1), part.group(2) == null ? null : Integer.valueOf(part.group(2))));
        }
        return Optional.of(new OutputPath(text, parts));
    }

    /** Returns the value at the path; null when it is missing or a JSON null. */
    public @Nullable JsonElement in(JsonObject output) {
        JsonElement found = output;
        for (Part part : parts) {
            found = found instanceof JsonObject object ? object.get(part.name) : null;
            if (part.index != null) {
                found = found instanceof JsonArray list && part.index < list.size() ? list.get(part.index) : null;
            }
        }
        return found == null || found.isJsonNull() ? null : found;
    }

    /** Top-level member of the output with which the path begins. */
    public String field() {
        return parts.get(0).name;
    }

    /** Returns whether the path ends in {@code url}, as the path of a file's URL does. */
    public boolean endsInUrl() {
        return parts.get(parts.size() - 1).name.equals("url");
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof OutputPath path && path.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
