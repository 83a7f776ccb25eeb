package avatarmonitor.check;

import avatarmonitor.avatar.TrainedModel;
import avatarmonitor.fal.FalAnswer;
import avatarmonitor.fal.FalError;
import avatarmonitor.fal.FalRequest;
import avatarmonitor.fal.FalRequestId;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a check must do next. Two kinds: ask something and decide again, or an end of the check. */
sealed interface Step {

    /** The check goes on after this. */
    sealed interface Question extends Step {}

    /** The check is over after this. */
    sealed interface End extends Step {}

    /** fal ended the training: the avatar is written. */
    sealed interface TrainingEnd extends End {}

    /**
     * Ask for the status.
     *
     * @param withLogs whether the log lines are wanted too, which tell progress
     */
    record AskStatus(FalRequest request, boolean withLogs) implements Question {}

    record AskResult(FalRequest request) implements Question {}

    /**
     * Look for the request in fal's platform API.
     *
     * @param endpoints under which it may have been submitted
     */
    record AskHistory(FalRequestId id, Set<String> endpoints) implements Question {}

    /** Ask the servers of a model's files whether they have them. */
    record AskFiles(Set<String> urls) implements Question {}

    /** The avatar was retrained: counters and window start anew. */
    record StartAnew(String previousRequestId, String requestId) implements Question {}

    /** Nothing to watch (any more); the avatar is not touched. */
    record Stop(String why) implements End {}

    record Invalid(String reason) implements End {}

    /**
     * Still training, or no usable answer yet.
     *
     * @param refused fal's refusal of this result, when it leaves an event
     */
    record KeepWatching(Observed observed, FalAnswer.@Nullable RequestRefused refused) implements End {
        KeepWatching(Observed observed) {
            this(observed, null);
        }
    }

    /** Still training when the window ended; the next reconcile takes it up again. */
    record WindowExpired(@Nullable Observed observed, FalAnswer.@Nullable RequestRefused refused) implements End {
        WindowExpired(@Nullable Observed observed) {
            this(observed, null);
        }
    }

    /** fal is not asked at this fire; nothing happens to the avatar, and this was no check. */
    record Pass(String why) implements End {}

    /** fal could not be asked; nothing happens to the avatar and nothing is counted against it. */
    record Wait(String why) implements End {}

    /**
     * The training succeeded.
     *
     * @param warning what is wrong with the files of the model, which is stored all the same; null when nothing is known to be
     */
    record Complete(
            TrainedModel model,
            JsonObject response,
            @Nullable String warning) implements TrainingEnd {
        Complete(TrainedModel model, JsonObject response) {
            this(model, response, null);
        }
    }

    /**
     * The training failed.
     *
     * @param falStatus fal's last word about the request
     * @param error the same reason in its parts; null when fal lost the request
     * @param raw fal's whole answer; null when it holds no more than the reason
     */
    record Fail(
            String reason,
            String falStatus,
            @Nullable FalError error,
            @Nullable JsonElement raw) implements TrainingEnd {
        Fail(String reason, String falStatus) {
            this(reason, falStatus, null, null);
        }
    }

    record Cancel(String reason) implements TrainingEnd {}

    /** Too many transient failures in a row: the avatar stays TRAINING, an operator is told. */
    record GiveUp(Observed observed) implements End {}

    /**
     * What one look at fal brought.
     *
     * @param falStatus fal's word, or ours for an answer that was none
     * @param progress percent, when fal's logs told one
     * @param error what went wrong; null when nothing did
     * @param endpoint where fal answered about the request, when that is news; null otherwise
     * @param nextRequestBy when fal is asked again at the latest, where that is later than at the next fire; null otherwise
     */
    record Observed(
            String falStatus,
            @Nullable Integer queuePosition,
            @Nullable Integer progress,
            int failuresInRow,
            Watch.@Nullable Doubt doubt,
            @Nullable String error,
            Instant at,
            @Nullable String endpoint,
            @Nullable Instant nextRequestBy) {
        Observed(
                String falStatus,
                @Nullable Integer queuePosition,
                @Nullable Integer progress,
                int failuresInRow,
                Watch.@Nullable Doubt doubt,
                @Nullable String error,
                Instant at) {
            this(falStatus, queuePosition, progress, failuresInRow, doubt, error, at, null, null);
        }

        Observed at(String place) {
            return new Observed(
                    falStatus, queuePosition, progress, failuresInRow, doubt, error, at, place, nextRequestBy);
        }

        Observed askedAgainBy(@Nullable Instant time) {
            return new Observed(falStatus, queuePosition, progress, failuresInRow, doubt, error, at, endpoint, time);
        }

        /** Whether fal said something about the training; otherwise it is as late as before. */
        boolean answered() {
            return !falStatus.equals("UNAVAILABLE") && !falStatus.equals("APPLICATION_UNKNOWN");
        }
    }
}
