package avatarmonitor.config;

import avatarmonitor.config.Format.Refused;
import avatarmonitor.config.Format.Value;
import avatarmonitor.fal.FalKey;
import avatarmonitor.text.Secrets;
import avatarmonitor.web.access.AccessToken;
import avatarmonitor.web.access.TokenFile;
import avatarmonitor.web.access.TokenFileException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Formats of plain values. Durations and numbers always have limits, which catch typing errors. */
final class Formats {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h|d)");
    private static final Pattern WHOLE_NUMBER = Pattern.compile("-?\\d{1,9}");
    private static final Pattern PRINTABLE_ASCII = Pattern.compile("[!-~]{1,512}");

    private Formats() {}

    /** A whole number with a unit; a number without a unit is rejected as ambiguous. */
    static Format<Duration> duration(String least, String most) {
        Duration from = known(least);
        Duration to = known(most);
        return text -> parseDuration(text)
                .filter(d -> d.compareTo(from) >= 0 && d.compareTo(to) <= 0)
                .<Format.Reading<Duration>>map(Value::new)
                .orElseGet(() -> new Refused<>(
                        "a duration from " + least + " to " + most,
                        "write a whole number and a unit (ms, s, m, h or d), such as " + least));
    }

    /** Like {@link #duration}, or {@code off}, which yields an empty value. */
    static Format<Optional<Duration>> offOrDuration(String least, String most) {
        Format<Duration> on = duration(least, most);
        return text -> {
            if (text.strip().equalsIgnoreCase("off")) {
                return new Value<>(Optional.empty());
            }
            return on.read(text) instanceof Value<Duration> value
                    ? new Value<>(Optional.of(value.value()))
                    : new Refused<>(
                            "off, or a duration from " + least + " to " + most,
                            "write off, or a whole number and a unit (ms, s, m, h or d), such as " + least);
        };
    }

    static Format<Integer> wholeNumber(int least, int most) {
        return text -> {
            if (WHOLE_NUMBER.matcher(text.strip()).matches()) {
                int number = Integer.parseInt(text.strip());
                if (number >= least && number <= most) {
                    return new Value<>(number);
                }
            }
            return new Refused<>("a whole number from " + least + " to " + most, "write digits only, such as " + least);
        };
    }

    /** The constants of an enum in lower case; letter case is ignored. */
    static <E extends Enum<E>> Format<E> oneOf(Class<E> type) {
        String choices = choices(type);
        return text -> Arrays.stream(type.getEnumConstants())
                .filter(c -> c.name().equalsIgnoreCase(text.strip()))
                .findFirst()
                .<Format.Reading<E>>map(Value::new)
                .orElseGet(() -> new Refused<>("one of " + choices, "choose one of them"));
    }

    /** {@code none}, or constants separated by commas. */
    static <E extends Enum<E>> Format<Set<E>> noneOrSome(Class<E> type) {
        Format<E> one = oneOf(type);
        return text -> {
            if (text.isBlank() || text.strip().equalsIgnoreCase("none")) {
                return new Value<>(Set.of());
            }
            Set<E> some = EnumSet.noneOf(type);
            for (String word : text.split(",", -1)) {
                if (!(one.read(word) instanceof Value<E> known)) {
                    return new Refused<>(
                            "none, or " + choices(type) + " with commas between them", "write only these words");
                }
                some.add(known.value());
            }
            return new Value<>(some);
        };
    }

    private static <E extends Enum<E>> String choices(Class<E> type) {
        return Arrays.stream(type.getEnumConstants())
                .map(c -> c.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
    }

    static Format<Boolean> truth() {
        return text -> {
            String word = text.strip().toLowerCase(Locale.ROOT);
            return word.equals("true") || word.equals("false")
                    ? new Value<>(word.equals("true"))
                    : new Refused<>("true or false", "write one of the two");
        };
    }

    static Format<String> matching(String regex, String expected, String advice) {
        Pattern pattern = Pattern.compile(regex);
        return text -> pattern.matcher(text).matches() ? new Value<>(text) : new Refused<>(expected, advice);
    }

    /** Absent when the text is empty. Rejects characters that are invalid in a header, such as a copied line end. */
    static Format<Optional<FalKey>> falKey() {
        Format<FalKey> open = text -> PRINTABLE_ASCII.matcher(text).matches()
                ? new Value<>(new FalKey(text))
                : new Refused<>(
                        "up to 512 printable ASCII characters without spaces or line ends",
                        "copy the key again, without \"Key\" before it and without a line end behind it");
        return open.orEmpty().hidden();
    }

    /** Absent when the text is empty. */
    static Format<Optional<AccessToken>> accessToken() {
        Format<AccessToken> open = text -> AccessToken.usable(text)
                ? new Value<>(new AccessToken(text))
                : new Refused<>(
                        "at least " + AccessToken.LENGTH_MIN + " letters, digits and . _ ~ + / -",
                        "make one: openssl rand -hex 32");
        return open.orEmpty().hidden();
    }

    /** Absent when the text is empty. The content of the file is never shown. */
    static Format<Optional<TokenFile>> tokenFile(Path directory, Secrets secrets) {
        Format<TokenFile> file = text -> {
            try {
                return new Value<>(TokenFile.open(directory.resolve(text), secrets::add));
            } catch (TokenFileException unusable) {
                return new Refused<>(unusable.expected(), unusable.advice());
            } catch (InvalidPathException notAPath) {
                return new Refused<>("the path of a file", "this cannot be one: correct it");
            }
        };
        return file.orEmpty();
    }

    private static Optional<Duration> parseDuration(String text) {
        Matcher matcher = DURATION.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int number = Integer.parseInt(matcher.group(1));
        return Optional.of(
                switch (matcher.group(2)) {
                    case "ms" -> Duration.ofMillis(number);
                    case "s" -> Duration.ofSeconds(number);
                    case "m" -> Duration.ofMinutes(number);
                    case "h" -> Duration.ofHours(number);
                    case "d" -> Duration.ofDays(number);
                    default -> throw new IllegalStateException("unit " + matcher.group(2));
                });
    }

    private static Duration known(String text) {
        return parseDuration(text).orElseThrow(() -> new IllegalStateException("not a duration: " + text));
    }
}
