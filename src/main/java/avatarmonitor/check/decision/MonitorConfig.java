package avatarmonitor.check.decision;

import java.time.Duration;

/**
 * Settings {@code monitor.*}.
 *
 * @param interval time between two checks of one avatar
 * @param intervalWithHints the same while hints are proven to report ends before checks find them; has no effect
 *     unless longer than {@code interval}
 * @param window how long one trigger monitors an avatar before the next scan has to schedule it again
 * @param maxAge oldest training, by {@code training_started_at}, that is scheduled; older ones are stalled
 * @param maxFailuresInRow number of consecutive transient failures after which monitoring gives up until the next
 *     reconcile
 * @param notFoundGrace how long fal must keep answering "not found" (or failing to return a result) before the
 *     avatar is set to failed
 */
public record MonitorConfig(
        Duration interval,
        Duration intervalWithHints,
        Duration window,
        Duration maxAge,
        int maxFailuresInRow,
        Duration notFoundGrace) {}
