package avatarmonitor.config;

import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong with the configuration, told so that an operator can put it right without a manual.
 *
 * @param key the key, the variable or the option at fault
 * @param origin where it was set: {@code file:line}, {@code environment variable X}, {@code default}
 * @param given what was set; null when it may not be shown (a secret, an unknown key) or when nothing was set
 * @param expected what would have been right
 * @param advice what to do now
 */
public record Problem(String key, String origin, @Nullable String given, String expected, String advice) {

    /** Three short lines without a trailing line end. */
    public String describe() {
        String what = given == null ? key : key + " = " + given;
        return what + "  (" + origin + ")\n    expected: " + expected + "\n    to do: " + advice;
    }
}
