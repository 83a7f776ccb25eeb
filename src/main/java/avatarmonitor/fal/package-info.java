/** fal's queue as seen by a client: one question, one answer of a sealed type, never more often than allowed. */
@NullMarked
package avatarmonitor.fal;

import org.jspecify.annotations.NullMarked;
