package avatarmonitor.background;

import java.time.Duration;

/** End of a time limit, by the monotonic clock. */
public record Deadline(long atNanos) {
    /** Returns the deadline after this time from now. */
    public static Deadline in(Duration timeout) {
        return new Deadline(System.nanoTime() + timeout.toNanos());
    }

    /** Time left; negative when it is over. */
    public Duration left() {
        return Duration.ofNanos(atNanos - System.nanoTime());
    }
}
