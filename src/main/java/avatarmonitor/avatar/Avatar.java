package avatarmonitor.avatar;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One row of the application's {@code avatars} table, as read; values are the application's and may be anything.
 *
 * @param name for people only; absent when the table has no such column
 * @param trainingType text of {@code training_type}, in whatever letter case the application uses
 * @param status text of {@code status}, in whatever letter case the application uses
 * @param falRequestId text of {@code fal_request_id}, not validated
 * @param trainingStartedAt {@code training_started_at}; a value without zone is taken as UTC, {@code infinity} is {@link Instant#MAX} and
 *     {@code -infinity} {@link Instant#MIN}
 */
public record Avatar(
        AvatarId id,
        @Nullable String name,
        @Nullable String trainingType,
        @Nullable String status,
        @Nullable String falRequestId,
        @Nullable Instant trainingStartedAt) {

    /** Whether the application still waits for this training; letter case is ignored. */
    public boolean isTraining() {
        return status != null && AsciiCase.upper(status).equals("TRAINING");
    }

    public Optional<TrainingType> knownTrainingType() {
        return TrainingType.parse(trainingType);
    }
}
