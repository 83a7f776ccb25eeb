/**
 * Hints that a training has ended: webhooks, and the list of ended requests of fal's platform API. A hint never changes
 * an avatar: it only triggers an early check.
 */
@NullMarked
package avatarmonitor.hint;

import org.jspecify.annotations.NullMarked;
