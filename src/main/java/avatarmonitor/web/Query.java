package avatarmonitor.web;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.text.UntrustedText;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Query parameters of a request. Each getter consumes one; remaining ones are unknown. */
final class Query {
    private static final int PARAMETERS_MAX = 20;
    private static final int SHOWN_MAX = 40;
    private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

    private final Map<String, String> values;

    private Query(Map<String, String> values) {
        this.values = values;
    }

    /**
     * Parses the query string.
     *
     * @throws RefusedException when it cannot be decoded, or names a parameter twice
     */
    static Query parse(@Nullable String raw) {
        Map<String, String> values = new LinkedHashMap<>();
        if (raw == null || raw.isEmpty()) {
            return new Query(values);
        }
        String[] pairs = raw.split("&", PARAMETERS_MAX + 1);
        if (pairs.length > PARAMETERS_MAX) {
            throw RefusedException.of(400, "Bad parameter", "more than " + PARAMETERS_MAX + " parameters");
        }
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            String name = decode(equals < 0 ? pair : pair.substring(0, equals));
            String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
            if (values.putIfAbsent(name, value) != null) {
                throw RefusedException.parameter(shown(name), "to be given once");
            }
        }
        return new Query(values);
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException broken) {
            throw RefusedException.of(400, "Bad parameter", "the query holds a % that two hex digits do not follow");
        }
    }

    String text(String name, int lengthMax) {
        String value = take(name);
        if (value.length() > lengthMax || value.chars().anyMatch(Character::isISOControl)) {
            throw RefusedException.parameter(name, "at most " + lengthMax + " characters, no control characters");
        }
        return value;
    }

    String oneOf(String name, Iterable<String> known, String otherwise) {
        String value = take(name);
        if (value.isEmpty()) {
            return otherwise;
        }
        for (String word : known) {
            if (word.equals(value)) {
                return word;
            }
        }
        throw RefusedException.parameter(name, "one of " + String.join(", ", known));
    }

    int number(String name, int least, int most, int otherwise) {
        return (int) number(name, (long) least, most, otherwise);
    }

    long number(String name, long least, long most, long otherwise) {
        String value = take(name);
        if (value.isEmpty()) {
            return otherwise;
        }
        if (NUMBER.matcher(value).matches()) {
            long number = Long.parseLong(value);
            if (number >= least && number <= most) {
                return number;
            }
        }
        throw RefusedException.parameter(name, "a whole number from " + least + " to " + most);
    }

    @Nullable
    AvatarId avatar(String name) {
        String value = take(name);
        return value.isEmpty() ? null : avatarId(name, value);
    }

    static AvatarId avatarId(String name, String value) {
        return AvatarId.parse(value)
                .orElseThrow(() -> RefusedException.parameter(
                        name, "an avatar's id, such as 0198a1b2-0000-7000-8000-000000000001"));
    }

    /**
     * Requires that all parameters have been consumed.
     *
     * @throws RefusedException when one is left: a misspelt one must not be ignored
     */
    void nothingElse() {
        Set<String> left = values.keySet();
        if (!left.isEmpty()) {
            throw RefusedException.parameter(shown(left.iterator().next()), "no parameter of this name");
        }
    }

    private String take(String name) {
        String value = values.remove(name);
        return value == null ? "" : value;
    }

    private static String shown(String name) {
        String safe = UntrustedText.cell(name);
        return safe.length() <= SHOWN_MAX ? safe : safe.substring(0, SHOWN_MAX) + "…";
    }
}
