/** Finds avatars that are unmonitored, stuck or stalled, and repairs schedule faults. */
@NullMarked
package avatarmonitor.reconcile;

import org.jspecify.annotations.NullMarked;
