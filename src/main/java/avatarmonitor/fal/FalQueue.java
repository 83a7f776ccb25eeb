package avatarmonitor.fal;

import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.fal.answer.PlatformApiAnswer;
import java.util.Collection;

/** fal's queue. Calls block for at most the configured timeout and never throw: every outcome is an answer. */
public interface FalQueue {

    /** Like {@link #status(FalRequest, boolean)} without logs. */
    default FalAnswer.Status status(FalRequest request) {
        return status(request, false);
    }

    /**
     * Requests the status.
     *
     * @param withLogs whether to request log lines too, which only show progress. They can make the answer too
     *     large: then repeat the request without them
     */
    FalAnswer.Status status(FalRequest request, boolean withLogs);

    FalAnswer.Result result(FalRequest request);

    FalAnswer.Cancel cancel(FalRequest request);

    /**
     * Searches fal's platform API for a request, where that is enabled.
     *
     * @param endpoints ids under which it may have been submitted
     */
    default PlatformApiAnswer history(FalRequestId id, Collection<String> endpoints) {
        return new PlatformApiAnswer.Absent();
    }

    /** Checks whether the files of a model are available; never sends the key to their servers. */
    default ModelLife files(Collection<String> urls) {
        return new ModelLife.Alive();
    }

    /** The caller has stored the end of this request, so cached answers can be dropped. */
    default void forget(FalRequestId id) {}
}
