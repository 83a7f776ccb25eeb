package avatarmonitor.config;

import avatarmonitor.text.UntrustedText;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** How the text of a key becomes a value, and what of the text may be shown. */
interface Format<T> {

    Reading<T> read(String text);

    /** The text as logs, errors and the effective configuration show it: one line, bounded, no secret. */
    default String shown(String text) {
        return UntrustedText.quoted(text);
    }

    /** Whether nothing of the text may ever be shown. */
    default boolean secret() {
        return false;
    }

    /** Whether the text is or may hold a secret: then it can also come from a file that {@code …_FILE} names. */
    default boolean mayHoldSecret() {
        return false;
    }

    /** What of the text is a secret, to be masked wherever this process writes. */
    default List<String> secrets(String text) {
        return secret() ? List.of(text) : List.of();
    }

    /** The same format for a value that never prints. An empty text is no secret: it tells that nothing is set. */
    default Format<T> hidden() {
        Format<T> open = this;
        return new Format<>() {
            @Override
            public Reading<T> read(String text) {
                return open.read(text);
            }

            @Override
            public String shown(String text) {
                return text.isEmpty() ? UntrustedText.quoted(text) : "***";
            }

            @Override
            public boolean secret() {
                return true;
            }

            @Override
            public boolean mayHoldSecret() {
                return true;
            }
        };
    }

    /**
     * The same format for a value of which parts must be masked.
     *
     * @param parts the masked parts of a text
     */
    default Format<T> masked(UnaryOperator<String> mask, Function<String, List<String>> parts) {
        Format<T> open = this;
        return new Format<>() {
            @Override
            public Reading<T> read(String text) {
                return open.read(text);
            }

            @Override
            public String shown(String text) {
                return open.shown(mask.apply(text));
            }

            @Override
            public boolean mayHoldSecret() {
                return true;
            }

            @Override
            public List<String> secrets(String text) {
                return parts.apply(text);
            }
        };
    }

    /** What reading a text came to. */
    sealed interface Reading<T> {}

    record Value<T>(T value) implements Reading<T> {}

    /** The text is not what the key needs; both parts end up in a {@link Problem}. */
    record Refused<T>(String expected, String advice) implements Reading<T> {}
}
