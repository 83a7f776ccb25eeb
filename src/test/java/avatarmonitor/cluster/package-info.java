/**
 * Whole clusters under faults: real workers on a real PostgreSQL server, real signals, a network that fails, and a judge who reads
 * afterwards in the database and in fal's log whether anything was lost, done twice or left behind.
 */
@NullMarked
package avatarmonitor.cluster;

import org.jspecify.annotations.NullMarked;
