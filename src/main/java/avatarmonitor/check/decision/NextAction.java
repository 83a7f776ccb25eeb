package avatarmonitor.check.decision;

import avatarmonitor.avatar.TrainedModel;
import avatarmonitor.fal.FalRequest;
import avatarmonitor.fal.FalRequestId;
import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.fal.answer.FalError;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Next step of a check: either a request followed by another decision, or the end of the check. */
public sealed interface NextAction {

    /** The check continues after this. */
    sealed interface Question extends NextAction {}

    /** The check is over after this. */
    sealed interface End extends NextAction {}

    /** fal ended the training: the avatar is updated. */
    sealed interface TrainingEnd extends End {}

    /**
     * Request the status.
     *
     * @param withLogs whether to include log lines, which show progress
     */
    record AskStatus(FalRequest request, boolean withLogs) implements Question {}

    record AskResult(FalRequest request) implements Question {}

    /**
     * Search fal's platform API for the request.
     *
     * @param endpoints under which it may have been submitted
     */
    record AskHistory(FalRequestId id, Set<String> endpoints) implements Question {}

    /** Check whether the files of a model are available. */
    record AskFiles(Set<String> urls) implements Question {}

    /** The avatar was retrained: counters and window start anew. */
    record StartAnew(String previousRequestId, String requestId) implements Question {}

    /** Nothing to monitor (any more); the avatar is not changed. */
    record Stop(String why) implements End {}

    record Invalid(String reason) implements End {}

    /**
     * Still training, or no usable answer yet.
     *
     * @param refused fal's refusal of this result, when it writes an event
     */
    record KeepMonitoring(Observed observed, FalAnswer.@Nullable RequestRefused refused) implements End {
        public KeepMonitoring(Observed observed) {
            this(observed, null);
        }
    }

    /** Still training when the window ended; the next scan schedules it again. */
    record WindowExpired(@Nullable Observed observed, FalAnswer.@Nullable RequestRefused refused) implements End {}

    /** fal still had no end when the avatar's own deadline had passed: it is not monitored again. */
    record TimedOut(Observed observed, FalAnswer.@Nullable RequestRefused refused) implements End {}

    /** The fire is skipped without a request to fal; the avatar is unchanged, and it does not count as a check. */
    record Skip(String why) implements End {}

    /** No request could be sent to fal; the avatar is unchanged and no failure is counted. */
    record Wait(String why) implements End {}

    /**
     * The training succeeded.
     *
     * @param warning problem with the files of the model, which is stored all the same; null when none is known
     */
    record Complete(
            TrainedModel model,
            JsonObject response,
            @Nullable String warning) implements TrainingEnd {
        public Complete(TrainedModel model, JsonObject response) {
            this(model, response, null);
        }
    }

    /**
     * The training failed.
     *
     * @param falStatus fal's last status of the request
     * @param error the reason in its parts; null when fal lost the request
     * @param raw fal's whole answer; null when it contains no more than the reason
     */
    record Fail(
            String reason,
            String falStatus,
            @Nullable FalError error,
            @Nullable JsonElement raw) implements TrainingEnd {}

    record Cancel(String reason) implements TrainingEnd {}

    /** Too many consecutive transient failures: the avatar stays TRAINING, and an alert is raised. */
    record GiveUp(Observed observed) implements End {}

    /**
     * What one check observed.
     *
     * @param falStatus fal's status, or our own name for an answer without one
     * @param progress percent, when fal's logs contain it
     * @param error description of the problem; null when there was none
     * @param endpoint endpoint that fal answered for, when it is not stored yet; null otherwise
     * @param nextRequestBy latest time of the next request to fal, when later than the next fire; null otherwise
     */
    record Observed(
            String falStatus,
            @Nullable Integer queuePosition,
            @Nullable Integer progress,
            int failuresInRow,
            Monitoring.@Nullable Doubt doubt,
            @Nullable String error,
            Instant at,
            @Nullable String endpoint,
            @Nullable Instant nextRequestBy) {
        public Observed(
                String falStatus,
                @Nullable Integer queuePosition,
                @Nullable Integer progress,
                int failuresInRow,
                Monitoring.@Nullable Doubt doubt,
                @Nullable String error,
                Instant at) {
            this(falStatus, queuePosition, progress, failuresInRow, doubt, error, at, null, null);
        }

        Observed withEndpoint(String place) {
            return new Observed(
                    falStatus, queuePosition, progress, failuresInRow, doubt, error, at, place, nextRequestBy);
        }

        public Observed withNextRequestBy(@Nullable Instant time) {
            return new Observed(falStatus, queuePosition, progress, failuresInRow, doubt, error, at, endpoint, time);
        }

        /**
         * Returns whether a check may soon find the end: fal gave no answer, or reports an end whose result it did not
         * give.
         */
        public boolean mayEndSoon() {
            boolean refused = doubt != null && doubt.kind() == Monitoring.Doubt.Kind.REFUSED;
            return falStatus.equals("UNAVAILABLE") || (falStatus.equals("COMPLETED") && !refused);
        }

        /** Returns whether fal gave information about the training; otherwise the training's delay goes on. */
        public boolean answered() {
            return !falStatus.equals("UNAVAILABLE") && !falStatus.equals("APPLICATION_UNKNOWN");
        }
    }
}
