package avatarmonitor.hint;

import avatarmonitor.fal.FalRequestId;
import avatarmonitor.fal.HistoryPage.Ended;
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
    static final int LOOKS_MAX = 5;

    /** Pause before the second check; each pause is twice as long as the one before. */
    static final Duration FIRST_PAUSE = Duration.ofSeconds(10);

    private static final int KEPT_MAX = 5_000;

    private final Map<FalRequestId, Looked> looked = new LinkedHashMap<>(16, 0.75f, true);

    private record Looked(Instant endedAt, int looks, Instant next) {}

    /** Returns whether the end must be checked now. */
    boolean isDue(Ended end, Instant now) {
        Looked before = looked.get(end.id());
        return before == null
                || (!now.isBefore(before.next) && (before.looks < LOOKS_MAX || !before.endedAt.equals(end.at())));
    }

    /** Returns whether the end was never checked. */
    boolean isNew(Ended end) {
        return !looked.containsKey(end.id());
    }

    /** Records a check of the end. */
    void lookedAt(Ended end, Instant now) {
        Looked before = looked.get(end.id());
        int looks = before == null ? 1 : Math.min(before.looks + 1, LOOKS_MAX);
        looked.put(end.id(), new Looked(end.at(), looks, now.plus(FIRST_PAUSE.multipliedBy(1L << (looks - 1)))));
        if (looked.size() > KEPT_MAX) {
            looked.remove(looked.keySet().iterator().next());
        }
    }
}
