/** The only package that sees Quartz: one persisted trigger for each watched avatar, and the hourly reconcile job. */
@NullMarked
package avatarmonitor.schedule;

import org.jspecify.annotations.NullMarked;
