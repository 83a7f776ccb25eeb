/**
 * Client of fal's queue: one request yields one answer of a sealed type, within the rate limit.
 *
 * <p>{@link avatarmonitor.fal.answer.FalAnswer} lists all answers. {@link avatarmonitor.fal.FalClient} wires the parts:
 * cache ({@link avatarmonitor.fal.CachingFalQueue}), limits and pauses ({@link avatarmonitor.fal.LimitedFalQueue}),
 * HTTP ({@link avatarmonitor.fal.HttpFalQueue}). {@code StatusAnswer}, {@code ResultAnswer} and {@code CancelAnswer}
 * parse responses; {@code TroubleAnswer} those with the same meaning for all of them.
 */
@NullMarked
package avatarmonitor.fal;

import org.jspecify.annotations.NullMarked;
