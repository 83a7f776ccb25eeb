/**
 * Integration with Quartz. {@link avatarmonitor.schedule.quartz.ClusteredJobStore} is the only class that extends
 * Quartz's job store; its overrides delegate to parts that can be tested separately. {@link
 * avatarmonitor.schedule.quartz.QuartzNode} builds one member of the cluster.
 */
@NullMarked
package avatarmonitor.schedule.quartz;

import org.jspecify.annotations.NullMarked;
