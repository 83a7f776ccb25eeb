/** The event log, its outbox and the log of operator actions: every loss, repair and refusal leaves an event. */
@NullMarked
package avatarmonitor.event;

import org.jspecify.annotations.NullMarked;
