/**
 * Tells people what is critical and the application which trainings have ended, at least once, by whichever worker is alive.
 *
 * <p>{@link avatarmonitor.alert.Gatherer} takes events out of the outbox, keeps for each {@code AlertKind} how it stands ({@code
 * Alert}: the pure part) and stores what is to be said. {@link avatarmonitor.alert.Courier} brings the messages of one {@link
 * avatarmonitor.alert.Channel} to their receiver. All state is in the database.
 */
@NullMarked
package avatarmonitor.alert;

import org.jspecify.annotations.NullMarked;
