/** Real databases and other surroundings for the tests of every package. */
@NullMarked
package avatarmonitor.testing;

import org.jspecify.annotations.NullMarked;
