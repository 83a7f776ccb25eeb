package avatarmonitor.hint;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Evidence of the reliability of hints: the row of {@code avatar_monitor_hint_proof} and the ends that are not judged
 * yet. Pure.
 *
 * @param since time of the first end that a hint reported after the last miss; null when there was none
 * @param lastWebhookAt time of the last end that a webhook reported
 * @param lastHistoryAt time of the last end that the platform API reported
 * @param historyAnsweredAt time of the platform API's last answer; null when it is off
 * @param polledFirst number of ends that a regular check found and no hint has reported yet
 * @param polledAt time of the first of those; null when there is none
 */
record HintProof(
        @Nullable Instant since,
        @Nullable Instant lastWebhookAt,
        @Nullable Instant lastHistoryAt,
        @Nullable Instant historyAnsweredAt,
        long polledFirst,
        @Nullable Instant polledAt) {
    /** Time for which hints must have reported every end. */
    static final Duration PROOF = Duration.ofHours(1);

    /**
     * Grace period of a hint after a regular check found the end: that check may run by chance while the hint is on its
     * way.
     */
    static final Duration GRACE = Duration.ofSeconds(30);

    /** Maximum age of the last hint; an older one says nothing about the next end. */
    static final Duration EVIDENCE_MAX = Duration.ofHours(24);

    /** Maximum age of the platform API's last answer; a worker polls every ten seconds. */
    static final Duration SILENCE_MAX = Duration.ofMinutes(1);

    /**
     * Returns whether the check interval may be longer. False from the first end that a regular check found until it is
     * judged.
     */
    boolean proven(Instant now) {
        return since != null
                && !since.isAfter(now.minus(PROOF))
                && polledFirst == 0
                && (within(lastWebhookAt, EVIDENCE_MAX, now)
                        || (within(lastHistoryAt, EVIDENCE_MAX, now) && within(historyAnsweredAt, SILENCE_MAX, now)));
    }

    /**
     * Returns whether the grace period of an end without a hint is over. Tolerates small clock differences between
     * workers; a time far in the future is wrong and counts as over.
     */
    boolean hasMiss(Instant now) {
        return polledAt != null
                && (polledAt.isAfter(now.plus(GRACE)) || !polledAt.plus(GRACE).isAfter(now));
    }

    private static boolean within(@Nullable Instant at, Duration most, Instant now) {
        return at != null && !at.isBefore(now.minus(most)) && !at.isAfter(now.plus(GRACE));
    }
}
