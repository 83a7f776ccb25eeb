package avatarmonitor.schedule;

import avatarmonitor.event.EventWriter;
import avatarmonitor.schedule.batch.BatchFiring;
import avatarmonitor.schedule.quartz.FiringEngine;
import avatarmonitor.schedule.quartz.QuartzNode;
import avatarmonitor.store.Database;
import avatarmonitor.store.clock.ClockSkewDetector;
import avatarmonitor.store.sql.Dialect;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.quartz.SchedulerException;
import org.quartz.spi.JobFactory;

/** Builds members of the cluster from the configuration. */
final class Nodes {
    private Nodes() {}

    /**
     * Builds a node that fires checks in batches on PostgreSQL, unless configured otherwise.
     *
     * @param events whose worker is the instance id, which must not be used by another process; {@link #start}
     *     refuses it otherwise
     * @param clock for firing when it is guarded
     * @param jobs creates the jobs; when it throws, the job is skipped until its next time
     * @throws SchedulerException when Quartz refuses the settings, which is a bug
     */
    static QuartzNode build(
            Database database, EventWriter events, ScheduleConfig config, InstantSource clock, JobFactory jobs)
            throws SchedulerException {
        boolean batch = database.dialect() == Dialect.POSTGRESQL && config.firing() == ScheduleConfig.Firing.BATCH;
        FiringEngine.@Nullable Factory engine = batch ? parts -> new BatchFiring(parts, AvatarTriggers.job()) : null;
        // An unguarded clock, as of a command or a test, does not determine what fires.
        InstantSource firing = clock instanceof ClockSkewDetector ? clock : InstantSource.system();
        return QuartzNode.build(
                database,
                new QuartzNode.Settings(events.worker(), config.concurrency(), config.checkInInterval()),
                firing,
                new ClusterEvents(events),
                jobs,
                engine);
    }

    /**
     * Joins the cluster and starts firing.
     *
     * @throws ScheduleException when a worker with this instance id is registered: its firings would be taken for
     *     this node's
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
