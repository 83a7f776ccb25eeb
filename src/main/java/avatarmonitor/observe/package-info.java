/** Observability of a running worker: metrics, check delay, load, and the status row for the other workers. */
@NullMarked
package avatarmonitor.observe;

import org.jspecify.annotations.NullMarked;
