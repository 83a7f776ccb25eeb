package avatarmonitor.check;

import java.time.Duration;

/**
 * The {@code monitor.*} keys.
 *
 * @param interval time between two checks of one avatar
 * @param intervalWithHints the same while hints are proven to report ends before checks find them; a shorter one than the interval is none
 * @param window how long one trigger watches an avatar before the next reconcile must take it up again
 * @param maxAge oldest training, by {@code training_started_at}, that is still taken up; older ones are stalled
 * @param maxFailuresInRow after so many transient failures in a row the watch gives up until the next reconcile
 * @param notFoundGrace how long fal must go on answering "not found" (or failing to give a result) before the avatar is failed
 */
public record MonitorConfig(
        Duration interval,
        Duration intervalWithHints,
        Duration window,
        Duration maxAge,
        int maxFailuresInRow,
        Duration notFoundGrace) {

    /** The same interval with and without hints. */
    public MonitorConfig(
            Duration interval, Duration window, Duration maxAge, int maxFailuresInRow, Duration notFoundGrace) {
        this(interval, interval, window, maxAge, maxFailuresInRow, notFoundGrace);
    }
}
