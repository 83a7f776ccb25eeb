/** The {@code demo} command: shows the demo while it runs, on a terminal or as lines, and prints its result. */
@NullMarked
package avatarmonitor.cli.demo;

import org.jspecify.annotations.NullMarked;
