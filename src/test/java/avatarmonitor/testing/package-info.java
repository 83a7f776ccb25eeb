/** Real databases and other fixtures for the tests of every package. */
@NullMarked
package avatarmonitor.testing;

import org.jspecify.annotations.NullMarked;
