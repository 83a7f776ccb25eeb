package avatarmonitor.check;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered about watching one training: a row of {@code avatar_monitoring}.
 *
 * @param falRequestId the request under watch; when the avatar has another one it was retrained
 * @param checks how many checks were noted; tells whether another one was since this was read
 * @param failuresInRow transient failures since fal last gave a usable answer; at least 1 when the last check left an error
 * @param falStatus what the check before saw; null when there was none
 * @param doubt the present run of answers that end the training when they last; null when there is none
 * @param outcome how the watch ended; null while it goes on
 * @param writeRefusals how often in a row the database refused the end of the training; above 0 the end is kept
 * @param endpoint where fal answered about the request, as {@code owner/app}; null while it has not
 * @param lastRequestAt when fal was last asked about the training; null when it was not
 */
public record Watch(
        String falRequestId,
        Instant windowEndsAt,
        long checks,
        int failuresInRow,
        @Nullable String falStatus,
        @Nullable Doubt doubt,
        @Nullable String outcome,
        int writeRefusals,
        @Nullable String endpoint,
        @Nullable Instant lastRequestAt) {

    Watch(
            String falRequestId,
            Instant windowEndsAt,
            long checks,
            int failuresInRow,
            @Nullable String falStatus,
            @Nullable Doubt doubt,
            @Nullable String outcome) {
        this(falRequestId, windowEndsAt, checks, failuresInRow, falStatus, doubt, outcome, 0, null, null);
    }

    /** A watch that knows nothing yet, for a check of an avatar that is not monitored. */
    static Watch unknown(String falRequestId, Instant now) {
        return new Watch(falRequestId, now, 0, 0, null, null, null);
    }

    /**
     * Answers that say the training is lost, but may be wrong for a while.
     *
     * @param inRow how often in a row
     * @param since when the first of them came
     */
    public record Doubt(Kind kind, int inRow, Instant since) {

        /** What fal keeps saying. */
        public enum Kind {
            /** fal does not know the request. */
            NOT_FOUND,
            /** fal says COMPLETED, but has no result or fails to give it. */
            NO_RESULT,
            /** fal says COMPLETED and refuses to give the result. Never ends the training. */
            REFUSED;

            String column() {
                return name().toLowerCase(Locale.ROOT);
            }
        }

        static Doubt next(@Nullable Doubt previous, Kind kind, Instant now) {
            return previous != null && previous.kind == kind
                    // One in the future was written by a clock that was wrong: it would not be over for long.
                    ? new Doubt(kind, previous.inRow + 1, previous.since.isAfter(now) ? now : previous.since)
                    : new Doubt(kind, 1, now);
        }
    }
}
