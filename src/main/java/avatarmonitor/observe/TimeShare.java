package avatarmonitor.observe;

import java.time.Duration;

/** Throttles work that is repeated and may take only a share of the time. */
public final class TimeShare {
    private TimeShare() {}

    /**
     * The pause after one run so that runs take at most one part in {@code parts} of the time.
     *
     * @param took how long the last run took; while the database hung, that says nothing about the next one
     * @param longest limit of the pause, whatever the last run took
     */
    public static Duration pauseAfter(Duration took, int parts, Duration longest) {
        Duration pause = took.multipliedBy(parts - 1L);
        return pause.compareTo(longest) < 0 ? pause : longest;
    }
}
