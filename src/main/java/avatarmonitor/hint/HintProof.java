package avatarmonitor.hint;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known about the reliability of hints: the row of {@code avatar_monitor_hint_proof} and what waits for a judgement. Pure.
 *
 * @param since the first end that a hint reported after the last miss; null when there was none
 * @param lastWebhookAt when a webhook last reported an end
 * @param lastHistoryAt when the platform API last reported an end
 * @param historyAnsweredAt when the platform API last answered; null when it is off
 * @param polledFirst ends that a regular check found and no hint has reported yet
 * @param polledAt when the first of those was found; null when there is none
 */
record HintProof(
        @Nullable Instant since,
        @Nullable Instant lastWebhookAt,
        @Nullable Instant lastHistoryAt,
        @Nullable Instant historyAnsweredAt,
        long polledFirst,
        @Nullable Instant polledAt) {
    /** So long hints must have reported every end. */
    static final Duration PROOF = Duration.ofHours(1);

    /** A regular check may find an end by chance in the seconds in which its hint is on the way. */
    static final Duration GRACE = Duration.ofSeconds(30);

    /** An older hint says nothing about what the next end will bring. */
    static final Duration EVIDENCE_MAX = Duration.ofHours(24);

    /** The platform API is asked every ten seconds: one that has not answered for so long reports nothing now. */
    static final Duration SILENCE_MAX = Duration.ofMinutes(1);

    /** Whether the interval may be stretched. From the first end that was found by polling until it is judged they are not trusted. */
    boolean proven(Instant now) {
        return since != null
                && !since.isAfter(now.minus(PROOF))
                && polledFirst == 0
                && (within(lastWebhookAt, EVIDENCE_MAX, now)
                        || (within(lastHistoryAt, EVIDENCE_MAX, now) && within(historyAnsweredAt, SILENCE_MAX, now)));
    }

    /** Whether there is an end that no hint reported although it had its time. Clocks of workers differ a little; a time far ahead is wrong. */
    boolean hasMiss(Instant now) {
        return polledAt != null
                && (polledAt.isAfter(now.plus(GRACE)) || !polledAt.plus(GRACE).isAfter(now));
    }

    private static boolean within(@Nullable Instant at, Duration most, Instant now) {
        return at != null && !at.isBefore(now.minus(most)) && !at.isAfter(now.plus(GRACE));
    }
}
