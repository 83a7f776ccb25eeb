/**
 * Alerts for operators and callbacks about ended trainings, delivered at least once by any live worker.
 *
 * <p>{@link avatarmonitor.alert.AlertAggregator} takes events out of the outbox, keeps the state of each {@code
 * AlertKind} ({@code Alert}: the pure part) and stores messages. {@link avatarmonitor.alert.DeliveryWorker} delivers
 * the messages of one {@link avatarmonitor.alert.Channel}. All state is in the database.
 */
@NullMarked
package avatarmonitor.alert;

import org.jspecify.annotations.NullMarked;
