/** What can be measured about a running worker: metrics, lateness, load, and the row that says it to the other workers. */
@NullMarked
package avatarmonitor.observe;

import org.jspecify.annotations.NullMarked;
