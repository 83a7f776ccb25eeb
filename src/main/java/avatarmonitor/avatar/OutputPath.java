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
 * Where in fal's output a value lies: names with dots between them, each with an index where it is a list, as {@code
 * diffusers_lora_file.url} or {@code adapters[0].file.url}.
 */
public final class OutputPath {
    /** Deeper ones were never seen, and a longer text is a mistake. */
    private static final int LENGTH_MAX = 200;

    private static final int PARTS_MAX = 8;
    private static final Pattern PART = Pattern.compile("([A-Za-z0-9_-]{1,64})(?:\\[(\\d{1,4})])?");

    private final String text;
    private final List<Part> parts;

    /** @param index null where the member is no list */
    private record Part(String name, @Nullable Integer index) {}

    private OutputPath(String text, List<Part> parts) {
        this.text = text;
        this.parts = List.copyOf(parts);
    }

    /** Reads a path; empty when the text is none. */
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

    /** What lies there; null when nothing does, or a JSON null. */
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

    /** The member of the output itself that the path begins with. */
    public String field() {
        return parts.get(0).name;
    }

    /** Whether it ends in {@code url}, as the path of a file's URL does. */
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
