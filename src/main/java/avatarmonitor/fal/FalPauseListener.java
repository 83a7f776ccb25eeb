package avatarmonitor.fal;

import java.time.Instant;

/**
 * Told when polling pauses and when it goes on: once each per episode, however many questions were refused in it, and once more when
 * a refused key comes on top of a refused pace. Called on a thread that asks fal or looks after its pause, in order, never two at once and
 * never under a lock, so it may write to the database.
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
     * fal refuses this worker's key, account or pace.
     *
     * @param refusal which of them
     * @param until when asking is tried again; a later refusal moves it without another call
     */
    void paused(Refusal refusal, String reason, Instant until);

    /** fal really answered again, or did not refuse the pace any more for a while. */
    void resumed();
}
