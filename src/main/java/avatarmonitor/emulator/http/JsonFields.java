package avatarmonitor.emulator.http;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Typed access to the fields of one JSON object. An invalid field causes a {@link BadInputException} that names the
 * field, the expected value and the given one. {@link #end} rejects fields that were not read, so that a misspelt one
 * is never ignored.
 */
public final class JsonFields {
    private static final int LONGEST_QUOTE = 60;
    private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9-]{1,64}");
    private static final Pattern HEADER_TEXT = Pattern.compile("[ -~]{1,500}");

    private final String where;
    private final JsonObject object;
    private final Set<String> asked = new LinkedHashSet<>();

    private JsonFields(String where, JsonObject object) {
        this.where = where;
        this.object = object;
    }

    public static JsonFields of(@Nullable JsonElement element, String where) {
        if (element == null || !element.isJsonObject()) {
            throw new BadInputException(where + ": expected a JSON object, got " + quote(element));
        }
        return new JsonFields(where, element.getAsJsonObject());
    }

    public boolean has(String name) {
        return find(name) != null;
    }

    public String text(String name, String fallback) {
        String text = textOrNull(name);
        return text == null ? fallback : text;
    }

    public String requiredText(String name) {
        String text = textOrNull(name);
        if (text == null || text.isBlank()) {
            throw wrong(name, "a text");
        }
        return text;
    }

    @Nullable
    public String textOrNull(String name) {
        JsonElement value = find(name);
        if (value == null) {
            return null;
        }
        if (value instanceof JsonPrimitive primitive && primitive.isString()) {
            return primitive.getAsString();
        }
        throw wrong(name, "a text");
    }

    /** Returns a text that is valid in a header: printable ASCII, at most 500 characters. */
    @Nullable
    public String headerTextOrNull(String name) {
        String text = textOrNull(name);
        if (text != null && !HEADER_TEXT.matcher(text).matches()) {
            throw wrong(name, "1 to 500 printable ASCII characters");
        }
        return text;
    }

    public String headerText(String name, String fallback) {
        String text = headerTextOrNull(name);
        return text == null ? fallback : text;
    }

    /** Returns an object of header names and values; empty when the field is missing. */
    public Map<String, String> headers(String name) {
        JsonElement value = find(name);
        if (value == null) {
            return Map.of();
        }
        if (!(value instanceof JsonObject headers)) {
            throw wrong(name, "an object of texts");
        }
        JsonFields each = of(headers, name);
        Map<String, String> read = new TreeMap<>();
        for (String header : headers.keySet()) {
            if (!HEADER_NAME.matcher(header).matches()) {
                throw wrong(name, "names of 1 to 64 letters, digits and hyphens");
            }
            read.put(header, each.headerText(header, ""));
        }
        return read;
    }

    public boolean flag(String name, boolean fallback) {
        JsonElement value = find(name);
        if (value == null) {
            return fallback;
        }
        if (value instanceof JsonPrimitive primitive && primitive.isBoolean()) {
            return primitive.getAsBoolean();
        }
        throw wrong(name, "true or false");
    }

    public int whole(String name, int least, int most, int fallback) {
        String expected = "a whole number from " + least + " to " + most;
        BigDecimal number = number(name, least, most, expected);
        if (number == null) {
            return fallback;
        }
        try {
            return number.intValueExact();
        } catch (ArithmeticException fraction) {
            throw wrong(name, expected);
        }
    }

    /** Returns a number of seconds, fractions allowed. */
    public Duration seconds(String name, Duration most, Duration fallback) {
        BigDecimal number = number(name, 0, most.toSeconds(), "a number of seconds from 0 to " + most.toSeconds());
        return number == null
                ? fallback
                : Duration.ofMillis(number.movePointRight(3).longValue());
    }

    public <E extends Enum<E>> E oneOf(String name, Class<E> values, E fallback) {
        E value = oneOfOrNull(name, values);
        return value == null ? fallback : value;
    }

    public <E extends Enum<E>> @Nullable E oneOfOrNull(String name, Class<E> values) {
        if (find(name) == null) {
            return null;
        }
        String text = textOrNull(name);
        for (E value : values.getEnumConstants()) {
            if (word(value).equals(text)) {
                return value;
            }
        }
        throw wrong(name, "one of " + words(values));
    }

    @Nullable
    public JsonElement any(String name) {
        return find(name);
    }

    public BadInputException wrong(String name, String expected) {
        return new BadInputException(
                where + "." + name + ": expected " + expected + ", got " + quote(object.get(name)));
    }

    /** Rejects fields that were not read. */
    public void end() {
        for (String name : object.keySet()) {
            if (!asked.contains(name)) {
                throw new BadInputException(
                        where + "." + quoteName(name) + ": unknown field; expected only " + String.join(", ", asked));
            }
        }
    }

    /** Returns the spelling of an enum constant in JSON. */
    public static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    public static <E extends Enum<E>> String words(Class<E> values) {
        return String.join(
                ", ",
                Arrays.stream(values.getEnumConstants()).map(JsonFields::word).toList());
    }

    private @Nullable BigDecimal number(String name, long least, long most, String expected) {
        JsonElement value = find(name);
        if (value == null) {
            return null;
        }
        if (value instanceof JsonPrimitive primitive && primitive.isNumber()) {
            // Check the magnitude as a double first: BigDecimal alone would take minutes over 1e999999999.
            double rough = primitive.getAsDouble();
            if (rough >= least && rough <= most) {
                return BigDecimal.valueOf(rough);
            }
        }
        throw wrong(name, expected);
    }

    private @Nullable JsonElement find(String name) {
        asked.add(name);
        JsonElement value = object.get(name);
        return value == null || value.isJsonNull() ? null : value;
    }

    private static String quote(@Nullable JsonElement element) {
        return element == null ? "nothing" : quoteName(element.toString());
    }

    private static String quoteName(String text) {
        return text.length() > LONGEST_QUOTE ? text.substring(0, LONGEST_QUOTE) + "…" : text;
    }
}
