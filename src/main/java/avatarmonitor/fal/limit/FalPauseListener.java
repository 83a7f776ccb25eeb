package avatarmonitor.fal.limit;

import java.time.Instant;

/**
 * Listener for polling pauses: called once at the start and once at the end of each, however many requests were
 * refused, and once more when a refused key follows a rate limit. Called in order, never concurrently and never under a
 * lock, on a thread that sends requests to fal or ends pauses, so it may write to the database.
 */
public interface FalPauseListener {

    /** What fal refuses. */
    enum Refusal {
        KEY,
        /** The account is locked, by fal or for lack of balance: every key of it is refused. */
        ACCOUNT,
        PACE
    }

    /**
     * fal refuses this worker's key, account or rate.
     *
     * @param refusal which of them
     * @param until time of the next attempt; a later refusal moves it without another call
     */
    default void paused(Refusal refusal, String reason, Instant until) {}

    /** fal answered again, or has not refused the rate for a while. */
    default void resumed() {}
}
