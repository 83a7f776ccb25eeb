/**
 * Time of the database server, and whether this machine's clock agrees with it: measures the offset, and closes the
 * gate before everything that depends on the time while the clocks differ too much.
 */
@NullMarked
package avatarmonitor.store.clock;

import org.jspecify.annotations.NullMarked;
