package avatarmonitor.config;

import avatarmonitor.text.UntrustedText;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Parses the text of a key into a value, and defines which part of the text may be shown. */
interface Format<T> {

    Reading<T> read(String text);

    /** Returns the format of the texts that {@code parse} yields a value for; the others are refused. */
    static <T> Format<T> of(Function<String, Optional<T>> parse, String expected, String advice) {
        return text -> parse.apply(text).<Reading<T>>map(Value::new).orElseGet(() -> new Refused<>(expected, advice));
    }

    /** Returns the format of the texts that meet the condition, as they are written. */
    static Format<String> where(Predicate<String> condition, String expected, String advice) {
        return of(text -> Optional.of(text).filter(condition), expected, advice);
    }

    /** Returns the value of a text; empty when it is refused. */
    default Optional<T> valueOf(String text) {
        return read(text) instanceof Value<T> value ? Optional.of(value.value()) : Optional.empty();
    }

    /** Returns the text for logs, errors and the effective configuration: one line, bounded, without secrets. */
    default String shown(String text) {
        return UntrustedText.quoted(text);
    }

    /** Returns whether no part of the text may be shown. */
    default boolean secret() {
        return false;
    }

    /**
     * Returns whether the text is or may contain a secret; such a key can also be read from a file that {@code …_FILE}
     * names.
     */
    default boolean mayHoldSecret() {
        return false;
    }

    /** Returns the secret parts of the text, to be masked in all output of this process. */
    default List<String> secrets(String text) {
        return List.of();
    }

    /** Returns the same format with an empty value for an empty text. */
    default Format<Optional<T>> orEmpty() {
        return text -> {
            Reading<T> reading = text.isEmpty() ? null : read(text);
            return reading instanceof Refused<T> wrong
                    ? new Refused<>(wrong.expected(), wrong.advice())
                    : new Value<>(reading instanceof Value<T> value ? Optional.of(value.value()) : Optional.empty());
        };
    }

    /**
     * Returns the same format with a value that is never shown. An empty text is not a secret: it shows that nothing is
     * set.
     */
    default Format<T> hidden() {
        return new Masked<>(this, text -> text.isEmpty() ? UntrustedText.quoted(text) : "***", List::of, true);
    }

    /**
     * Returns the same format with parts of the value masked.
     *
     * @param parts the masked parts of a text
     */
    default Format<T> masked(UnaryOperator<String> mask, Function<String, List<String>> parts) {
        return new Masked<>(this, text -> shown(mask.apply(text)), parts, false);
    }

    /** A format of secrets; see {@link #hidden} and {@link #masked}. */
    record Masked<T>(Format<T> open, UnaryOperator<String> mask, Function<String, List<String>> parts, boolean secret)
            implements Format<T> {
        @Override
        public Reading<T> read(String text) {
            return open.read(text);
        }

        @Override
        public String shown(String text) {
            return mask.apply(text);
        }

        @Override
        public boolean mayHoldSecret() {
            return true;
        }

        @Override
        public List<String> secrets(String text) {
            return parts.apply(text);
        }
    }

    /** Result of parsing a text. */
    sealed interface Reading<T> {}

    record Value<T>(T value) implements Reading<T> {}

    /** The text is invalid; both parts become part of a {@link Problem}. */
    record Refused<T>(String expected, String advice) implements Reading<T> {}
}
