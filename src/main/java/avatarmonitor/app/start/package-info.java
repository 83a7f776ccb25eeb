/**
 * Starts monitoring of avatars without waiting for a reconcile run: because PostgreSQL notified about a training, a SQL
 * function was called, or an operator asked. Start with {@link avatarmonitor.app.start.MonitoringStart}. Periodic
 * searches for unmonitored avatars are in {@code reconcile}, triggers in {@code schedule}.
 */
@NullMarked
package avatarmonitor.app.start;

import org.jspecify.annotations.NullMarked;
