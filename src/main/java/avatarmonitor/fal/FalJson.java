package avatarmonitor.fal;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.Strictness;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads JSON that may be hostile: no depth, type or number in it makes these methods throw. */
final class FalJson {
    /** Deeper documents are refused: whoever walks them later would risk its stack. */
    private static final int DEPTH_MAX = 64;

    private static final TypeAdapter<JsonElement> ELEMENTS = new Gson().getAdapter(JsonElement.class);
    /** By text, because turning {@code 1e999999999} into an integer costs gigabytes. */
    private static final Pattern SMALL_COUNT = Pattern.compile("\\d{1,9}");

    private FalJson() {}

    /** The one JSON value that the text is; null when it is anything else. */
    static @Nullable JsonElement parse(String text) {
        try (JsonReader reader = new JsonReader(new StringReader(text))) {
            // The stricter one refuses lone surrogates, which log lines of a training may well hold.
            reader.setStrictness(Strictness.LEGACY_STRICT);
            reader.setNestingLimit(DEPTH_MAX);
            JsonElement element = ELEMENTS.read(reader);
            return reader.peek() == JsonToken.END_DOCUMENT ? CleanJson.of(element) : null;
        } catch (IOException | RuntimeException notJson) {
            return null;
        }
    }

    /** A string member; empty when it is missing, null or of another type. */
    static String string(JsonObject object, String name) {
        return isString(object.get(name)) ? object.get(name).getAsString() : "";
    }

    static boolean isString(@Nullable JsonElement element) {
        return element != null
                && element.isJsonPrimitive()
                && element.getAsJsonPrimitive().isString();
    }

    /** Whether a member is there and is not null. */
    static boolean has(JsonObject object, String name) {
        JsonElement member = object.get(name);
        return member != null && !member.isJsonNull();
    }

    /** A whole number from 0 to 999,999,999; empty when the member is anything else. */
    static Optional<Integer> count(JsonObject object, String name) {
        JsonElement member = object.get(name);
        if (member == null
                || !member.isJsonPrimitive()
                || !member.getAsJsonPrimitive().isNumber()) {
            return Optional.empty();
        }
        String digits = member.getAsString();
        return SMALL_COUNT.matcher(digits).matches() ? Optional.of(Integer.valueOf(digits)) : Optional.empty();
    }
}
