/** The composition root: builds and wires everything in one place, starts and stops it in order. */
@NullMarked
package avatarmonitor.app;

import org.jspecify.annotations.NullMarked;
