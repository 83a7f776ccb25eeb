package avatarmonitor.check.decision;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * Settings of one training that override the configured ones. They belong to one request of fal: a new request starts
 * without them.
 *
 * @param window see {@link MonitorConfig#window}; null for the configured one
 * @param interval time between two requests to fal; null for the configured one. Hints do not make it longer
 * @param deadline time until which the training is followed, in place of {@link MonitorConfig#maxAge}; null for none
 * @param priority share of the rate limit while it is too low for all trainings, from 1 to 10: a training of priority
 *     10 is checked twice as often as one of 5; null for {@link #ORDINARY}
 */
public record Overrides(
        @Nullable Duration window,
        @Nullable Duration interval,
        @Nullable Instant deadline,
        @Nullable Integer priority) {
    /** No setting differs. */
    public static final Overrides NONE = new Overrides(null, null, null, null);

    /** Bounds of a window and of an interval, those of their configuration keys. */
    public static final Duration SHORTEST = Duration.ofSeconds(1);

    public static final Duration INTERVAL_MAX = Duration.ofHours(1);
    public static final Duration WINDOW_MAX = Duration.ofDays(7);

    /** Largest distance of a deadline. */
    public static final Duration DEADLINE_MAX = Duration.ofDays(30);

    /** Bounds of a priority: no training is checked less often than a tenth as often as another one. */
    public static final int PRIORITY_MIN = 1;

    public static final int PRIORITY_MAX = 10;

    /** Priority of a training without one, that of Quartz's triggers. */
    public static final int ORDINARY = 5;

    /** Returns the window of a new trigger. */
    public Duration windowOr(Duration configured) {
        return window == null ? configured : window;
    }

    /** Returns the interval of a trigger: a longer one is waited for by passing fires, see {@link Cadence}. */
    public Duration triggerInterval(Duration configured) {
        return interval != null && interval.compareTo(configured) < 0 ? interval : configured;
    }

    /** Returns the share of the rate limit of a training with this priority, relative to an ordinary one. */
    static double weight(@Nullable Integer priority) {
        return (priority == null ? ORDINARY : priority) / (double) ORDINARY;
    }

    /**
     * Returns the factor by which the waits of this training are longer; at least 1.
     *
     * @param stretch that of ordinary trainings, see {@link RequestDemand#stretch}
     */
    public double factor(double stretch) {
        return Math.max(1, stretch / weight(priority));
    }

    /** Returns whether the deadline has been reached. */
    public boolean isOver(Instant now) {
        return deadline != null && !now.isBefore(deadline);
    }

    /**
     * A change of overrides.
     *
     * @param clear whether all present ones are removed first
     * @param given those that are set; the others stay
     */
    public record Change(boolean clear, Overrides given) {
        /** Leaves everything as it is. */
        public static final Change NOTHING = new Change(false, NONE);

        public boolean isNothing() {
            return !clear && given.equals(NONE);
        }

        /** Returns the overrides after the change. */
        public Overrides of(Overrides before) {
            Overrides base = clear ? NONE : before;
            return new Overrides(
                    given.window == null ? base.window : given.window,
                    given.interval == null ? base.interval : given.interval,
                    given.deadline == null ? base.deadline : given.deadline,
                    given.priority == null ? base.priority : given.priority);
        }
    }

    /** Returns why these cannot hold, a sentence without a full stop; null when they can. */
    public @Nullable String problem(MonitorConfig configured, Instant now) {
        if (interval != null && !isWithin(interval, SHORTEST, INTERVAL_MAX)) {
            return "the interval must be from 1s to 1h, in whole seconds";
        }
        if (window != null && !isWithin(window, SHORTEST, WINDOW_MAX)) {
            return "the window must be from 1s to 7d, in whole seconds";
        }
        if (deadline != null && !deadline.isAfter(now)) {
            return "the deadline " + deadline + " has passed; it must be later than now";
        }
        if (deadline != null && deadline.isAfter(now.plus(DEADLINE_MAX))) {
            return "the deadline " + deadline + " is too far ahead; it must be within 30d";
        }
        if (priority != null && (priority < PRIORITY_MIN || priority > PRIORITY_MAX)) {
            return "the priority must be a whole number from 1 to 10; 5 is that of all other trainings";
        }
        Duration effective = interval == null ? configured.interval() : interval;
        if (effective.compareTo(windowOr(configured.window())) > 0) {
            return "the interval of " + effective.toSeconds() + " s is longer than the window of "
                    + windowOr(configured.window()).toSeconds() + " s, so that nothing would be checked";
        }
        return null;
    }

    /** Returns the settings for display, such as {@code window 3h, interval 30s}. */
    public String words() {
        StringJoiner words = new StringJoiner(", ");
        words.setEmptyValue("as configured");
        if (window != null) {
            words.add("window " + length(window));
        }
        if (interval != null) {
            words.add("interval " + length(interval));
        }
        if (deadline != null) {
            words.add("deadline " + deadline);
        }
        if (priority != null) {
            words.add("priority " + priority);
        }
        return words.toString();
    }

    /** As ISO 8601, without its letters: 1h30m. */
    private static String length(Duration duration) {
        return duration.toString().substring(2).toLowerCase(Locale.ROOT);
    }

    private static boolean isWithin(Duration value, Duration least, Duration most) {
        return value.equals(value.truncatedTo(ChronoUnit.SECONDS))
                && value.compareTo(least) >= 0
                && value.compareTo(most) <= 0;
    }
}
