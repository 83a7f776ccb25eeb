/** Finds avatars that are unmonitored, stuck or stalled, and repairs them. */
@NullMarked
package avatarmonitor.reconcile;

import org.jspecify.annotations.NullMarked;
