package avatarmonitor.fal;

/** fal's queue. Calls block for at most the configured time-out and never throw: every outcome is an answer. */
public interface FalQueue {

    FalAnswer.Status status(FalRequest request);

    FalAnswer.Result result(FalRequest request);

    FalAnswer.Cancel cancel(FalRequest request);
}
