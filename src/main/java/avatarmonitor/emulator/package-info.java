/** A local fal queue for the demo, for this project's tests and for users' own tests. */
@NullMarked
package avatarmonitor.emulator;

import org.jspecify.annotations.NullMarked;
