/**
 * Rate limit and pauses of requests to fal, both shared by all processes: slots that are reserved in the database, and
 * the state of a pause after a refusal. Knows no type of request; {@code LimitedFalQueue} applies it to fal's queue.
 */
@NullMarked
package avatarmonitor.fal.limit;

import org.jspecify.annotations.NullMarked;
