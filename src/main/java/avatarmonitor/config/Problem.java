package avatarmonitor.config;

import org.jspecify.annotations.Nullable;

/**
 * One problem of the configuration, with enough detail to correct it without a manual.
 *
 * @param key the key, variable or option at fault
 * @param origin where it was set: {@code file:line}, {@code environment variable X}, {@code default}
 * @param given the value; null when it may not be shown (a secret, an unknown key) or when nothing was set
 * @param expected description of a valid value
 * @param advice what to do
 */
public record Problem(String key, String origin, @Nullable String given, String expected, String advice) {
    /** Creates a problem of a value that may not be shown, or is not set. */
    Problem(String key, String origin, String expected, String advice) {
        this(key, origin, null, expected, advice);
    }

    /** Formats the problem as three short lines without a trailing line end. */
    public String describe() {
        String what = given == null ? key : key + " = " + given;
        return what + "  (" + origin + ")\n    expected: " + expected + "\n    to do: " + advice;
    }
}
