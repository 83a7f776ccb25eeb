package avatarmonitor.fal.answer;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Parses untrusted JSON: no depth, type or number in it makes these methods throw. */
public final class FalJson {
    /** Maximum depth; deeper values become null, since a recursive reader would overflow its stack. */
    private static final int DEPTH_MAX = 64;
    /** Documents with deeper nesting are rejected, because skipping deep values takes memory by depth. */
    private static final int NESTING_MAX = 100_000;

    private static final TypeAdapter<JsonElement> ELEMENTS = new Gson().getAdapter(JsonElement.class);
    private static final List<String> ODD_NUMBERS = List.of("NaN", "Infinity", "-Infinity");
    /** Compared as text, because converting {@code 1e999999999} to an integer costs gigabytes. */
    private static final Pattern SMALL_COUNT = Pattern.compile("\\d{1,9}");

    private FalJson() {}

    /**
     * Parses a text that is exactly one JSON value; null when it is not. {@code NaN}, {@code Infinity} and values
     * nested too deeply become null.
     */
    public static @Nullable JsonElement parse(String text) {
        JsonElement element = parseStrictly(text);
        return element == null ? parseStrictly(withoutOddNumbers(text)) : element;
    }

    /** Replaces the numbers that JSON does not allow, as Python writes them, by null; leaves strings unchanged. */
    private static String withoutOddNumbers(String text) {
        StringBuilder json = new StringBuilder(text.length());
        boolean inText = false;
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            String odd = inText ? "" : oddNumberAt(text, i);
            if (!odd.isEmpty()) {
                json.append("null");
                i += odd.length() - 1;
                continue;
            }
            json.append(character);
            if (inText && character == '\\' && i + 1 < text.length()) {
                i++;
                json.append(text.charAt(i));
            } else if (character == '"') {
                inText = !inText;
            }
        }
        return json.toString();
    }

    private static String oddNumberAt(String text, int index) {
        return ODD_NUMBERS.stream()
                .filter(odd -> text.startsWith(odd, index))
                .findFirst()
                .orElse("");
    }

    private static @Nullable JsonElement parseStrictly(String text) {
        try (JsonReader reader = new JsonReader(new StringReader(text))) {
            // Not Strictness.STRICT: it rejects lone surrogates, which log lines of a training may contain.
            reader.setNestingLimit(NESTING_MAX);
            JsonElement element = read(reader, 0);
            return reader.peek() == JsonToken.END_DOCUMENT ? CleanJson.of(element) : null;
        } catch (IOException | RuntimeException notJson) {
            return null;
        }
    }

    /** Of members with the same name the last one wins, as in fal's own clients. */
    private static JsonElement read(JsonReader reader, int depth) throws IOException {
        JsonToken token = reader.peek();
        if (token != JsonToken.BEGIN_OBJECT && token != JsonToken.BEGIN_ARRAY) {
            return ELEMENTS.read(reader);
        }
        if (depth == DEPTH_MAX) {
            reader.skipValue();
            return JsonNull.INSTANCE;
        }
        if (token == JsonToken.BEGIN_ARRAY) {
            JsonArray array = new JsonArray();
            reader.beginArray();
            while (reader.hasNext()) {
                array.add(read(reader, depth + 1));
            }
            reader.endArray();
            return array;
        }
        JsonObject object = new JsonObject();
        reader.beginObject();
        while (reader.hasNext()) {
            object.add(reader.nextName(), read(reader, depth + 1));
        }
        reader.endObject();
        return object;
    }

    /** Returns the text as JSON that a database accepts. */
    static JsonElement text(String text) {
        return CleanJson.of(new JsonPrimitive(text));
    }

    /** Returns a string member; empty when it is missing, null or of another type. */
    public static String string(JsonObject object, String name) {
        return isString(object.get(name)) ? object.get(name).getAsString() : "";
    }

    static boolean isString(@Nullable JsonElement element) {
        return element != null
                && element.isJsonPrimitive()
                && element.getAsJsonPrimitive().isString();
    }

    /** Returns whether a member exists and is not null. */
    public static boolean has(JsonObject object, String name) {
        JsonElement member = object.get(name);
        return member != null && !member.isJsonNull();
    }

    /** Returns a whole number from 0 to 999,999,999; empty when the member is anything else. */
    public static Optional<Integer> count(JsonObject object, String name) {
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
