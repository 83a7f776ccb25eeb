package avatarmonitor.background;

import java.time.Duration;

/** Throttles repeated work to a share of the time. */
public final class TimeShare {
    private TimeShare() {}

    /**
     * Returns the pause after a run so that runs take at most one part in {@code parts} of the time.
     *
     * @param took duration of the last run; meaningless for the next one when the database hung
     * @param longest limit of the pause, whatever the last run took
     */
    public static Duration pauseAfter(Duration took, int parts, Duration longest) {
        Duration pause = took.multipliedBy(parts - 1L);
        return pause.compareTo(longest) < 0 ? pause : longest;
    }
}
