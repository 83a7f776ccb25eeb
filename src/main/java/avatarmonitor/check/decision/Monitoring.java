package avatarmonitor.check.decision;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Stored monitoring state of one training: a row of {@code avatar_monitoring}.
 *
 * @param falRequestId the monitored request; when the avatar has another one it was retrained
 * @param checks number of recorded checks, the version of the optimistic lock
 * @param failuresInRow transient failures since fal's last usable answer; at least 1 when the last check left an
 *     error
 * @param falStatus status in the check before; null when there was none
 * @param doubt consecutive answers that end the training if they persist; null when there are none
 * @param outcome how monitoring ended; null while it is open
 * @param writeRefusals how often in a row the database refused the end of the training; above 0 the end is kept
 * @param endpoint endpoint that fal answered for, as {@code owner/app}; null before an answer
 * @param lastRequestAt time of the last request to fal about the training; null when there was none, or an operator has
 *     asked for a check since
 * @param overrides settings of this training that differ from the configured ones
 */
public record Monitoring(
        String falRequestId,
        Instant windowEndsAt,
        long checks,
        int failuresInRow,
        @Nullable String falStatus,
        @Nullable Doubt doubt,
        @Nullable String outcome,
        int writeRefusals,
        @Nullable String endpoint,
        @Nullable Instant lastRequestAt,
        Overrides overrides) {

    /** Returns an empty state for a check of an avatar that is not monitored. */
    public static Monitoring unknown(String falRequestId, Instant now) {
        return new Monitoring(falRequestId, now, 0, 0, null, null, null, 0, null, null, Overrides.NONE);
    }

    /**
     * Answers that indicate a lost training, but may be wrong for a while.
     *
     * @param inRow number of consecutive answers
     * @param since time of the first one
     */
    public record Doubt(Kind kind, int inRow, Instant since) {

        /** Kinds of such answers. */
        public enum Kind {
            /** fal does not know the request. */
            NOT_FOUND,
            /** fal reports COMPLETED, but has no result or fails to return it. */
            NO_RESULT,
            /** fal reports COMPLETED and refuses to return the result. Never ends the training. */
            REFUSED;

            public String column() {
                return name().toLowerCase(Locale.ROOT);
            }
        }

        static Doubt next(@Nullable Doubt previous, Kind kind, Instant now) {
            return previous != null && previous.kind == kind
                    // A time in the future was written by a wrong clock and would delay the end.
                    ? new Doubt(kind, previous.inRow + 1, previous.since.isAfter(now) ? now : previous.since)
                    : new Doubt(kind, 1, now);
        }
    }
}
