package avatarmonitor.check;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.TrainingType;
import avatarmonitor.fal.FalRequestId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether a training can be monitored at all (docs/decision-table.md, rows 2 and 3). The view {@code avatar_monitor_training} says the same in SQL;
 * a test compares the two.
 */
public sealed interface Eligibility {
    /** How far the application's clock may be ahead before its start time counts as being in the future. */
    Duration CLOCK_TOLERANCE = Duration.ofSeconds(60);

    /** Everything that asking fal needs is there and well formed. */
    record Watchable(FalRequestId requestId, TrainingType type) implements Eligibility {}

    /** The application does not wait for this training. */
    record NotTraining(@Nullable String status) implements Eligibility {}

    /** Must not be sent to fal; the reason is for operators. */
    record Invalid(String reason) implements Eligibility {}

    static Eligibility of(Avatar avatar, Instant now) {
        if (!avatar.isTraining()) {
            return new NotTraining(avatar.status());
        }
        if (avatar.falRequestId() == null || avatar.falRequestId().isBlank()) {
            return new Invalid("fal_request_id is missing");
        }
        Optional<FalRequestId> requestId = FalRequestId.parse(avatar.falRequestId());
        if (requestId.isEmpty()) {
            return new Invalid("fal_request_id is not 1 to 64 letters, digits and hyphens");
        }
        Optional<TrainingType> type = avatar.knownTrainingType();
        if (type.isEmpty()) {
            return new Invalid("training_type is neither PORTRAIT nor STYLE");
        }
        if (avatar.trainingStartedAt() == null) {
            return new Invalid("training_started_at is missing");
        }
        if (avatar.trainingStartedAt().equals(Instant.MAX)
                || avatar.trainingStartedAt().equals(Instant.MIN)) {
            return new Invalid("training_started_at is infinite");
        }
        if (avatar.trainingStartedAt().isAfter(now.plus(CLOCK_TOLERANCE))) {
            return new Invalid("training_started_at is in the future");
        }
        return new Watchable(requestId.get(), type.get());
    }
}
