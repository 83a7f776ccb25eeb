package avatarmonitor.fal;

/** fal's queue. Calls block for at most the configured time-out and never throw: every outcome is an answer. */
public interface FalQueue {

    FalAnswer.Status status(FalRequest request);

    FalAnswer.Result result(FalRequest request);

    FalAnswer.Cancel cancel(FalRequest request);

    /** The caller has stored how this request ended, so that nothing about it need be remembered. */
    default void forget(FalRequestId id) {}
}
