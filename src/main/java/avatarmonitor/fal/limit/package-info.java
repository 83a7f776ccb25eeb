/**
 * Rate limit and pauses of requests to fal: tokens of one second, slots that several workers can share, and the
 * state of a pause after a refusal. Knows no request; {@code LimitedFalQueue} applies it to fal's queue.
 */
@NullMarked
package avatarmonitor.fal.limit;

import org.jspecify.annotations.NullMarked;
