/**
 * fal's queue as seen by a client: one question, one answer of a sealed type, never more often than allowed.
 *
 * <p>{@link avatarmonitor.fal.FalAnswer} is the vocabulary. {@link avatarmonitor.fal.FalClient} puts the parts together: known
 * answers ({@link avatarmonitor.fal.CachingFalQueue}), limits and pauses ({@link avatarmonitor.fal.LimitedFalQueue}), HTTP ({@link
 * avatarmonitor.fal.HttpFalQueue}). What a response means is told by {@code StatusAnswer}, {@code ResultAnswer}, {@code
 * CancelAnswer} and, where it means the same to all of them, {@code TroubleAnswer}.
 */
@NullMarked
package avatarmonitor.fal;

import org.jspecify.annotations.NullMarked;
