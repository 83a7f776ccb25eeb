/**
 * Hints that a training has ended: webhooks, and what fal's platform API lists. A hint never writes anything: it only makes the avatar be
 * checked now.
 */
@NullMarked
package avatarmonitor.hint;

import org.jspecify.annotations.NullMarked;
