/**
 * The seam to Quartz. {@link avatarmonitor.schedule.quartz.ClusteredJobStore} is the only class that extends Quartz's job store; its overrides hand over
 * to parts that can be tested without it. {@link avatarmonitor.schedule.quartz.QuartzNode} builds one member of the cluster.
 */
@NullMarked
package avatarmonitor.schedule.quartz;

import org.jspecify.annotations.NullMarked;
