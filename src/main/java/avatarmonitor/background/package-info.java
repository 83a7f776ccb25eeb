/**
 * Threads that work in the background: periodic tasks and pools with a bounded queue, and the time limits of both. All
 * are daemon threads, and none is interrupted: an interrupt would fail the running statement.
 */
@NullMarked
package avatarmonitor.background;

import org.jspecify.annotations.NullMarked;
