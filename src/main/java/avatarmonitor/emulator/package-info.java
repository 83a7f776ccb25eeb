/** A local fal queue for the demo, for our tests and for users' own tests. */
@NullMarked
package avatarmonitor.emulator;

import org.jspecify.annotations.NullMarked;
