/**
 * Batch firing on PostgreSQL: the fast path for triggers of group {@code avatar}. It is optional ({@code cluster.firing
 * = single} disables it), so skip it on a first reading.
 */
@NullMarked
package avatarmonitor.schedule.batch;

import org.jspecify.annotations.NullMarked;
