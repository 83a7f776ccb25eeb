package avatarmonitor.avatar;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One row of the application's {@code avatars} table, as read; all values are unvalidated.
 *
 * @param trainingType text of {@code training_type}, in the application's letter case
 * @param status text of {@code status}, in the application's letter case
 * @param falRequestId text of {@code fal_request_id}, not validated
 * @param trainingStartedAt {@code training_started_at}; a value without zone is taken as UTC, {@code infinity} is
 *     {@link Instant#MAX} and {@code -infinity} {@link Instant#MIN}
 * @param falEndpoint text of {@code fal_endpoint}, not validated: the endpoint of this training, which overrides
 *     that of its type; absent when the table has no such column
 */
public record Avatar(
        AvatarId id,
        @Nullable String trainingType,
        @Nullable String status,
        @Nullable String falRequestId,
        @Nullable Instant trainingStartedAt,
        @Nullable String falEndpoint) {

    /** Returns whether the status is TRAINING; letter case is ignored. */
    public boolean isTraining() {
        return status != null && AsciiCase.upper(status).equals("TRAINING");
    }

    /** Returns whether the status is ERROR; letter case is ignored. */
    public boolean isFailed() {
        return status != null && AsciiCase.upper(status).equals("ERROR");
    }
}
