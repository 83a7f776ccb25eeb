package avatarmonitor.fal;

import java.time.Instant;

/**
 * A pause of this worker's polling, for display.
 *
 * @param refusal what fal refuses
 * @param since time of the first refusal
 * @param until time of the next attempt. With a refused key it may have passed: then the next request is the
 *     attempt, and the pause lasts until its answer
 */
public record Paused(FalPauseListener.Refusal refusal, Instant since, Instant until, String reason) {}
