/**
 * The fast path of PostgreSQL, which fires the checks of group {@code avatar} in batches. Everything works without it, only slower
 * ({@code cluster.firing = single}), so a first reading may skip it.
 */
@NullMarked
package avatarmonitor.schedule.batch;

import org.jspecify.annotations.NullMarked;
