/** Finds avatars that nobody watches, that are stuck or stalled, and repairs it. */
@NullMarked
package avatarmonitor.reconcile;

import org.jspecify.annotations.NullMarked;
