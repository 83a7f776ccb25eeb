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
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Formats of plain values. Durations and numbers always have limits, which catch typing errors. */
final class Formats {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h|d)");
    private static final Map<String, ChronoUnit> UNITS = Map.of(
            "ms",
            ChronoUnit.MILLIS,
            "s",
            ChronoUnit.SECONDS,
            "m",
            ChronoUnit.MINUTES,
            "h",
            ChronoUnit.HOURS,
            "d",
            ChronoUnit.DAYS);
    private static final Pattern WHOLE_NUMBER = Pattern.compile("-?\\d{1,9}");
    private static final Pattern PRINTABLE_ASCII = Pattern.compile("[!-~]{1,512}");

    private Formats() {}

    /** A whole number with a unit; a number without a unit is rejected as ambiguous. */
    static Format<Duration> duration(String least, String most) {
        return Format.of(
                text -> parseDuration(text, least, most),
                "a duration from " + least + " to " + most,
                "write a whole number and a unit (ms, s, m, h or d), such as " + least);
    }

    /** Like {@link #duration}, or {@code off}, which yields an empty value. */
    static Format<Optional<Duration>> offOrDuration(String least, String most) {
        return Format.of(
                text -> {
                    Optional<Duration> parsed = parseDuration(text, least, most);
                    boolean valid = parsed.isPresent() || text.strip().equalsIgnoreCase("off");
                    return valid ? Optional.of(parsed) : Optional.empty();
                },
                "off, or a duration from " + least + " to " + most,
                "write off, or a whole number and a unit (ms, s, m, h or d), such as " + least);
    }

    static Format<Integer> wholeNumber(int least, int most) {
        return Format.of(
                text -> Optional.of(text.strip())
                        .filter(WHOLE_NUMBER.asMatchPredicate())
                        .map(Integer::valueOf)
                        .filter(number -> number >= least && number <= most),
                "a whole number from " + least + " to " + most,
                "write digits only, such as " + least);
    }

    /** The constants of an enum in lower case; letter case is ignored. */
    static <E extends Enum<E>> Format<E> oneOf(Class<E> type) {
        return Format.of(
                text -> Arrays.stream(type.getEnumConstants())
                        .filter(constant -> constant.name().equalsIgnoreCase(text.strip()))
                        .findFirst(),
                "one of " + choices(type),
                "choose one of them");
    }

    /** {@code none}, or constants separated by commas. */
    static <E extends Enum<E>> Format<Set<E>> noneOrSome(Class<E> type) {
        Format<E> one = oneOf(type);
        return Format.of(
                text -> {
                    if (text.isBlank() || text.strip().equalsIgnoreCase("none")) {
                        return Optional.of(Set.of());
                    }
                    List<Optional<E>> words =
                            Arrays.stream(text.split(",", -1)).map(one::valueOf).toList();
                    return words.contains(Optional.<E>empty())
                            ? Optional.empty()
                            : Optional.of(
                                    words.stream().map(Optional::orElseThrow).collect(Collectors.toSet()));
                },
                "none, or " + choices(type) + " with commas between them",
                "write only these words");
    }

    private static <E extends Enum<E>> String choices(Class<E> type) {
        return Arrays.stream(type.getEnumConstants())
                .map(c -> c.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
    }

    static Format<Boolean> truth() {
        return Format.of(
                text -> Optional.of(text.strip().toLowerCase(Locale.ROOT))
                        .filter(Set.of("true", "false")::contains)
                        .map(Boolean::valueOf),
                "true or false",
                "write one of the two");
    }

    static Format<String> matching(String regex, String expected, String advice) {
        return Format.where(Pattern.compile(regex).asMatchPredicate(), expected, advice);
    }

    /** Absent when the text is empty. Rejects characters that are invalid in a header, such as a copied line end. */
    static Format<Optional<FalKey>> falKey() {
        Format<FalKey> open = Format.of(
                text -> Optional.of(text)
                        .filter(PRINTABLE_ASCII.asMatchPredicate())
                        .map(FalKey::new),
                "up to 512 printable ASCII characters without spaces or line ends",
                "copy the key again, without \"Key\" before it and without a line end behind it");
        return open.orEmpty().hidden();
    }

    /** Absent when the text is empty. */
    static Format<Optional<AccessToken>> accessToken() {
        Format<AccessToken> open = Format.of(
                text -> Optional.of(text).filter(AccessToken::usable).map(AccessToken::new),
                "at least " + AccessToken.LENGTH_MIN + " letters, digits and . _ ~ + / -",
                "make one: openssl rand -hex 32");
        return open.orEmpty().hidden();
    }

    /** Absent when the text is empty. The content of the file is never shown. */
    static Format<Optional<TokenFile>> tokenFile(Path directory, Secrets secrets) {
        Format<TokenFile> file = text -> {
            try {
                return new Value<>(TokenFile.open(directory.resolve(text), secrets::add, System::nanoTime));
            } catch (TokenFileException unusable) {
                return new Refused<>(unusable.expected(), unusable.advice());
            } catch (InvalidPathException notAPath) {
                return new Refused<>("the path of a file", "this cannot be one: correct it");
            }
        };
        return file.orEmpty();
    }

    /** Returns the duration of the text; empty when it is none, or beyond the bounds. */
    private static Optional<Duration> parseDuration(String text, String least, String most) {
        return parseDuration(text)
                .filter(length -> length.compareTo(parseDuration(least).orElseThrow()) >= 0)
                .filter(length -> length.compareTo(parseDuration(most).orElseThrow()) <= 0);
    }

    private static Optional<Duration> parseDuration(String text) {
        Matcher matcher = DURATION.matcher(text.strip().toLowerCase(Locale.ROOT));
        return matcher.matches()
                ? Optional.of(Duration.of(Integer.parseInt(matcher.group(1)), UNITS.get(matcher.group(2))))
                : Optional.empty();
    }
}
