package avatarmonitor.schedule;

import avatarmonitor.event.EventLog;
import avatarmonitor.schedule.batch.BatchFiring;
import avatarmonitor.schedule.quartz.FiringEngine;
import avatarmonitor.schedule.quartz.QuartzNode;
import avatarmonitor.store.ClockGuard;
import avatarmonitor.store.Database;
import avatarmonitor.store.Dialect;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.quartz.SchedulerException;
import org.quartz.spi.JobFactory;

/** Builds the members of the cluster as the configuration says. */
final class Nodes {
    private Nodes() {}

    /** A node under a new instance id; otherwise as {@link #build(Database, EventLog, ScheduleConfig, InstantSource, JobFactory, String)}. */
    static QuartzNode build(
            Database database, EventLog events, ScheduleConfig config, InstantSource clock, JobFactory jobs)
            throws SchedulerException {
        return build(database, events, config, clock, jobs, QuartzNode.instanceId(config.workerName()));
    }

    /**
     * A node that fires checks in batches on PostgreSQL, unless the configuration says otherwise.
     *
     * @param clock gives events their time
     * @param jobs creates the jobs; when it throws, the job is skipped until its next time
     * @param instanceId must be used by no other process; {@link #start} refuses it otherwise
     * @throws SchedulerException when Quartz refuses the settings, which is a bug
     */
    static QuartzNode build(
            Database database,
            EventLog events,
            ScheduleConfig config,
            InstantSource clock,
            JobFactory jobs,
            String instanceId)
            throws SchedulerException {
        boolean batch = database.dialect() == Dialect.POSTGRESQL && config.firing() == ScheduleConfig.Firing.BATCH;
        FiringEngine.@Nullable Factory engine = batch ? parts -> new BatchFiring(parts, AvatarTriggers.job()) : null;
        // One that is not checked, as of a command or a test, only gives events their time.
        InstantSource firing = clock instanceof ClockGuard ? clock : InstantSource.system();
        return QuartzNode.build(
                database,
                new QuartzNode.Settings(instanceId, config.concurrency(), config.checkInInterval()),
                firing,
                new ClusterEvents(events, clock, instanceId),
                jobs,
                engine);
    }

    /**
     * Joins the cluster and begins to fire.
     *
     * @throws ScheduleException when the instance id stands in the list of workers: its firings would be taken for this node's
     * @throws SchedulerException when the database failed
     */
    static void start(QuartzNode node) throws SchedulerException {
        if (node.idIsUsed()) {
            throw new ScheduleException("instance id " + node.instanceId()
                    + " is used by another worker: start this one again, it then takes another id");
        }
        node.start();
    }
}
