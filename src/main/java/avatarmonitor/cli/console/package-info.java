/**
 * Terminal side of the commands, without any command: output streams and widths, tables, JSON, event lines, exit codes,
 * common options, signals, and the {@link avatarmonitor.cli.console.Invocation} that carries the environment of one
 * call.
 */
@NullMarked
package avatarmonitor.cli.console;

import org.jspecify.annotations.NullMarked;
