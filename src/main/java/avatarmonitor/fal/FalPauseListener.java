package avatarmonitor.fal;

import java.time.Instant;

/**
 * Told when polling pauses and when it goes on: once each per episode, however many questions were refused in it. Called on
 * a thread that asks fal, in order, never two at once and never under a lock, so it may write to the database.
 */
public interface FalPauseListener {

    /**
     * fal refuses this worker's key or pace.
     *
     * @param until when asking is tried again; a later refusal moves it without another call
     */
    void paused(String reason, Instant until);

    /** fal really answered again. */
    void resumed();
}
