package avatarmonitor.fal;

import java.time.Instant;

/**
 * A pause of this worker's polling, as it is shown to people.
 *
 * @param refusal what fal refuses
 * @param since when fal first refused something in it
 * @param until when asking is tried again. With a refused key that may have passed: the next question is the try then, and the pause
 *     lasts until it has an answer
 */
public record Paused(FalPauseListener.Refusal refusal, Instant since, Instant until, String reason) {}
