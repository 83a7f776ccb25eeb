/**
 * The {@code doctor} command: checks of the configuration, the server, the schema, the schedule, training types and
 * pauses, each of which reports lines with a remedy.
 */
@NullMarked
package avatarmonitor.cli.doctor;

import org.jspecify.annotations.NullMarked;
