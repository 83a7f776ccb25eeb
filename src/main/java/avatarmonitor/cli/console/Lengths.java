package avatarmonitor.cli.console;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lengths of time in options, such as 90s, 30m, 2h or 1d. */
public final class Lengths {
    private static final Pattern LENGTH = Pattern.compile("(\\d{1,9})([smhd])");

    private Lengths() {}

    /** Returns the length; empty when the text is none. */
    public static Optional<Duration> read(String text) {
        Matcher parts = LENGTH.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        long number = Long.parseLong(parts.group(1));
        return Optional.of(
                switch (parts.group(2)) {
                    case "s" -> Duration.ofSeconds(number);
                    case "m" -> Duration.ofMinutes(number);
                    case "h" -> Duration.ofHours(number);
                    default -> Duration.ofDays(number);
                });
    }
}
