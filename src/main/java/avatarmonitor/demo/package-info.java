/**
 * The demo: a local fal queue, rows of an application and real worker processes, whose results are checked at the end.
 */
@NullMarked
package avatarmonitor.demo;

import org.jspecify.annotations.NullMarked;
