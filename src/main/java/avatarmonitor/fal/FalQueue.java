package avatarmonitor.fal;

import java.util.Collection;

/** fal's queue. Calls block for at most the configured time-out and never throw: every outcome is an answer. */
public interface FalQueue {

    /** As {@link #status(FalRequest, boolean)} without logs. */
    FalAnswer.Status status(FalRequest request);

    /**
     * Asks how far a request is.
     *
     * @param withLogs whether to ask for its log lines too, which only tell progress. They can make the answer too large to be read:
     *     ask again without them then
     */
    default FalAnswer.Status status(FalRequest request, boolean withLogs) {
        return status(request);
    }

    FalAnswer.Result result(FalRequest request);

    FalAnswer.Cancel cancel(FalRequest request);

    /**
     * Looks for a request in fal's platform API, where that may be asked.
     *
     * @param endpoints ids under which it may have been submitted
     */
    default HistoryAnswer history(FalRequestId id, Collection<String> endpoints) {
        return new HistoryAnswer.Absent();
    }

    /** Whether the files of a model can be had; asks their servers, never with the key. */
    default ModelLife files(Collection<String> urls) {
        return new ModelLife.Alive();
    }

    /** The caller has stored how this request ended, so that nothing about it need be remembered. */
    default void forget(FalRequestId id) {}
}
