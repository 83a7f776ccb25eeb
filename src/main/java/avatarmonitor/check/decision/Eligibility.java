package avatarmonitor.check.decision;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.TrainingType;
import avatarmonitor.avatar.TrainingTypes;
import avatarmonitor.fal.FalRequest;
import avatarmonitor.fal.FalRequestId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether a training can be monitored (docs/decision-table.md, rows 2 and 3). The view {@code avatar_monitor_training}
 * implements the same rule in SQL; a test compares the two.
 */
public sealed interface Eligibility {
    /** How far the application's clock may be ahead before its start time counts as being in the future. */
    Duration CLOCK_TOLERANCE = Duration.ofSeconds(60);

    /**
     * All values that requests to fal need are present and well formed.
     *
     * @param endpoint override for this training; null when its row has none
     */
    record Eligible(
            FalRequestId requestId,
            TrainingType type,
            @Nullable String endpoint) implements Eligibility {}

    /** The application does not wait for this training. */
    record NotTraining(@Nullable String status) implements Eligibility {}

    /** Must not be sent to fal; the reason is for operators. */
    record Invalid(String reason) implements Eligibility {}

    static Eligibility of(Avatar avatar, TrainingTypes types, Instant now) {
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
        Optional<TrainingType> type = types.find(avatar.trainingType());
        if (type.isEmpty()) {
            return new Invalid("training_type is none of those that trainings.* configures (" + types.words() + ")");
        }
        String endpoint = avatar.falEndpoint() == null || avatar.falEndpoint().isBlank() ? null : avatar.falEndpoint();
        if (endpoint != null && !FalRequest.isEndpoint(endpoint)) {
            return new Invalid(
                    "fal_endpoint is not owner/app or owner/app/path, such as fal-ai/flux-lora-fast-training");
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
        return new Eligible(requestId.get(), type.get(), endpoint);
    }
}
