package avatarmonitor.config;

import avatarmonitor.config.Format.Refused;
import org.jspecify.annotations.Nullable;

/**
 * Unparsed value of a key with its origin. May be a secret: only {@link Format#shown} decides which part of it is
 * shown.
 *
 * @param origin {@code file:line}, {@code environment variable X}, {@code file F} or {@code default}
 * @param fromFile whether the text is the content of a file that a {@code …_FILE} variable names; for secrets only
 * @param refused why there is no usable text; then {@code text} is empty
 */
record RawValue(
        String text,
        String origin,
        boolean fromFile,
        @Nullable Refused<Object> refused) {

    static final String DEFAULT = "default";

    RawValue(String text, String origin) {
        this(text, origin, false, null);
    }

    static RawValue refused(String origin, String expected, String advice) {
        return new RawValue("", origin, false, new Refused<>(expected, advice));
    }

    static RawValue refusedFile(String origin, String expected, String advice) {
        return new RawValue("", origin, true, new Refused<>(expected, advice));
    }

    static String variable(String name) {
        return "environment variable " + name;
    }

    /** Parses the text with the format. */
    <T> Format.Reading<T> read(Format<T> format) {
        if (fromFile && !format.mayHoldSecret()) {
            return new Refused<>("a value", "set the variable without _FILE: only secrets are read from files");
        }
        return refused == null ? format.read(text) : new Refused<>(refused.expected(), refused.advice());
    }

    @Override
    public String toString() {
        return "Given[" + origin + "]";
    }
}
