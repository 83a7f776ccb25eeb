package avatarmonitor.inspect;

import java.time.Duration;
import java.time.Instant;

/** Formats times relative to now, and durations. */
public final class AgeText {
    private static final long MINUTE = 60;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;

    private AgeText() {}

    /** {@code 3m ago}, {@code in 42s}, {@code now}. */
    public static String of(Instant then, Instant now) {
        Duration age = Duration.between(then, now);
        if (age.abs().compareTo(Duration.ofSeconds(1)) < 0) {
            return "now";
        }
        return age.isNegative() ? "in " + length(age.abs()) : length(age) + " ago";
    }

    /**
     * Like {@link #of} for a time that is normally in the future: {@code in 42s}, {@code due now}, {@code due 48s ago}.
     */
    public static String due(Instant then, Instant now) {
        String age = of(then, now);
        return age.startsWith("in ") ? age : "due " + age;
    }

    /**
     * Formats a duration with the precision that its size needs: {@code 850ms}, {@code 42s}, {@code 3m}, {@code 1h 5m},
     * {@code 2d 3h}.
     */
    public static String length(Duration duration) {
        Duration size = duration.abs();
        long seconds = size.toSeconds();
        String text;
        if (seconds == 0) {
            text = size.toMillis() + "ms";
        } else if (seconds < MINUTE) {
            text = seconds + "s";
        } else if (seconds < HOUR) {
            text = seconds / MINUTE + "m";
        } else if (seconds < DAY) {
            text = two(seconds / HOUR, "h", seconds % HOUR / MINUTE, "m");
        } else {
            text = two(seconds / DAY, "d", seconds % DAY / HOUR, "h");
        }
        return duration.isNegative() ? "-" + text : text;
    }

    private static String two(long large, String largeUnit, long small, String smallUnit) {
        return large + largeUnit + (small == 0 ? "" : " " + small + smallUnit);
    }
}
