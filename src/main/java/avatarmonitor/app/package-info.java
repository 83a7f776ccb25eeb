/** The composition root: creates and wires all parts, starts and stops them in order. */
@NullMarked
package avatarmonitor.app;

import org.jspecify.annotations.NullMarked;
