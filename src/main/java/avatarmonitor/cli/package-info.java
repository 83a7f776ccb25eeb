/** The command line: one class for each command. */
@NullMarked
package avatarmonitor.cli;

import org.jspecify.annotations.NullMarked;
