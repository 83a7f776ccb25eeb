package avatarmonitor.hint;

import avatarmonitor.fal.EndedPage.Ended;
import avatarmonitor.fal.FalRequestId;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Cache of recently listed ends. The list repeats an end until the watermark has passed it. A listed end whose check
 * found nothing (the status lags behind the list, the row is not committed yet, or the list is wrong) is checked a few
 * times more with a backoff, then only by regular checks. For one thread.
 */
final class RecentEnds {
    /** Maximum of checks of one listed end. A changed end time permits another check, but only after the backoff. */
    static final int ATTEMPTS_MAX = 5;

    /** Pause before the second check; each pause is twice as long as the one before. */
    static final Duration FIRST_PAUSE = Duration.ofSeconds(10);

    private static final int KEPT_MAX = 5_000;

    private final Map<FalRequestId, Attempts> attempts = new LinkedHashMap<>(16, 0.75f, true);

    private record Attempts(Instant endedAt, int count, Instant next) {}

    /** Returns whether the end must be checked now. */
    boolean isDue(Ended end, Instant now) {
        Attempts before = attempts.get(end.id());
        return before == null
                || (!now.isBefore(before.next) && (before.count < ATTEMPTS_MAX || !before.endedAt.equals(end.at())));
    }

    /** Returns whether the end was never checked. */
    boolean isNew(Ended end) {
        return !attempts.containsKey(end.id());
    }

    /** Records a check of the end. */
    void checked(Ended end, Instant now) {
        Attempts before = attempts.get(end.id());
        int count = before == null ? 1 : Math.min(before.count + 1, ATTEMPTS_MAX);
        attempts.put(end.id(), new Attempts(end.at(), count, now.plus(FIRST_PAUSE.multipliedBy(1L << (count - 1)))));
        if (attempts.size() > KEPT_MAX) {
            attempts.remove(attempts.keySet().iterator().next());
        }
    }
}
