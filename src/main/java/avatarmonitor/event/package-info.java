/** The event log: every loss, repair and refusal leaves a line that an operator can read. */
@NullMarked
package avatarmonitor.event;

import org.jspecify.annotations.NullMarked;
