package avatarmonitor.hint;

import avatarmonitor.fal.FalRequestId;
import avatarmonitor.fal.HistoryPage.Ended;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Ends that were listed a moment ago. Each is listed again and again until the watermark has passed it; one that came to nothing (the status
 * lags behind the list, the row is not committed yet, or the list is wrong) is looked at a few times more, and then left to polling. For one
 * thread.
 */
final class RecentEnds {
    /** Looks at one listed end. One whose time changes is looked at again, but no more often than polling would. */
    static final int LOOKS_MAX = 5;

    /** Until the second look; each pause is twice as long as the one before. */
    static final Duration FIRST_PAUSE = Duration.ofSeconds(10);

    private static final int KEPT_MAX = 5_000;

    private final Map<FalRequestId, Looked> looked = new LinkedHashMap<>(16, 0.75f, true);

    private record Looked(Instant endedAt, int looks, Instant next) {}

    /** Whether it is to be looked at now. */
    boolean isDue(Ended end, Instant now) {
        Looked before = looked.get(end.id());
        return before == null
                || (!now.isBefore(before.next) && (before.looks < LOOKS_MAX || !before.endedAt.equals(end.at())));
    }

    /** Whether it was never looked at. */
    boolean isNew(Ended end) {
        return !looked.containsKey(end.id());
    }

    /** It was looked at. */
    void lookedAt(Ended end, Instant now) {
        Looked before = looked.get(end.id());
        int looks = before == null ? 1 : Math.min(before.looks + 1, LOOKS_MAX);
        looked.put(end.id(), new Looked(end.at(), looks, now.plus(FIRST_PAUSE.multipliedBy(1L << (looks - 1)))));
        if (looked.size() > KEPT_MAX) {
            looked.remove(looked.keySet().iterator().next());
        }
    }
}
