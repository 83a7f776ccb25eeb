/**
 * Clusters under faults: real workers on a real PostgreSQL server, real signals, a failing network, and a final
 * verification in the database and fal's log that nothing was lost, done twice or left behind.
 */
@NullMarked
package avatarmonitor.cluster;

import org.jspecify.annotations.NullMarked;
