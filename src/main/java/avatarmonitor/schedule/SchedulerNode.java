package avatarmonitor.schedule;

import avatarmonitor.event.EventLog;
import avatarmonitor.store.ClockGuard;
import avatarmonitor.store.Database;
import avatarmonitor.store.Dialect;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.TriggerKey;
import org.quartz.core.QuartzScheduler;
import org.quartz.core.QuartzSchedulerResources;
import org.quartz.impl.StdJobRunShellFactory;
import org.quartz.impl.StdScheduler;
import org.quartz.simpl.CascadingClassLoadHelper;
import org.quartz.spi.JobFactory;

/**
 * One member of the cluster of schedulers that share a database. Until {@link #start} it only stores and removes triggers: it does
 * not check in, fires nothing and repairs nothing, which is what a command needs. A process may have several.
 *
 * <p>It is built by hand and registered nowhere: Quartz's factories keep one scheduler per name and process.
 */
final class SchedulerNode {
    /** The name of the cluster; {@code SCHED_NAME} in every row. */
    static final String NAME = "avatar-monitor";

    /** How far ahead triggers are acquired, and the longest time until a trigger stored by another process is seen. */
    static final Duration LOOK_AHEAD = Duration.ofSeconds(5);

    /** Triggers that are due within this time of the first one fire with it, at most this much early. */
    private static final Duration BATCH_WINDOW = Duration.ofMillis(200);

    /** Of the time for a stop, what is kept for leaving the cluster, but never more than a third. */
    private static final Duration LEAVE_TIMEOUT = Duration.ofSeconds(4);

    /** The instance id is part of {@code ENTRY_ID VARCHAR(95)}, with 13 digits and our 9 characters behind the name. */
    private static final int NAME_LENGTH = 60;

    private final StdScheduler scheduler;
    private final MonitoringJobStore store;
    private final WorkerPool workers;
    private final JobStarter starter;
    private final Death death;

    private SchedulerNode(
            StdScheduler scheduler, MonitoringJobStore store, WorkerPool workers, JobStarter starter, Death death) {
        this.scheduler = scheduler;
        this.store = store;
        this.workers = workers;
        this.starter = starter;
        this.death = death;
    }

    /**
     * @param clock gives events their time
     * @param jobs makes the jobs; when it throws, the job is skipped until its next time
     * @throws SchedulerException when Quartz refuses the settings, which is a bug
     */
    static SchedulerNode build(
            Database database, EventLog events, ScheduleConfig config, InstantSource clock, JobFactory jobs)
            throws SchedulerException {
        return build(database, events, config, clock, jobs, instanceId(config.workerName()));
    }

    /**
     * The same under a given id.
     *
     * @param instanceId must be used by nobody else; {@link #start} refuses otherwise
     */
    static SchedulerNode build(
            Database database,
            EventLog events,
            ScheduleConfig config,
            InstantSource clock,
            JobFactory jobs,
            String instanceId)
            throws SchedulerException {
        Death death = new Death();
        ClusterEvents told = new ClusterEvents(events, clock, instanceId);
        boolean setBased = database.dialect() == Dialect.POSTGRESQL && config.firing() == ScheduleConfig.Firing.BATCH;
        int ahead = setBased ? SetBasedJobStore.AHEAD_MAX : 0;
        WorkerPool workers = new WorkerPool(instanceId, config.concurrency(), ahead, death);
        // One that nobody checks, as of a command or a test, only gives events their time.
        InstantSource firing = clock instanceof ClockGuard ? clock : InstantSource.system();
        MonitoringJobStore store = setBased
                ? new SetBasedJobStore(database, instanceId, config.checkInInterval(), told, firing, death, workers)
                : new MonitoringJobStore(database, instanceId, config.checkInInterval(), told, firing, death);
        StdJobRunShellFactory shells = new StdJobRunShellFactory();

        QuartzSchedulerResources resources = new QuartzSchedulerResources();
        resources.setName(NAME);
        resources.setInstanceId(instanceId);
        resources.setThreadName(instanceId + "-scheduler");
        resources.setThreadExecutor(store.threads());
        resources.setThreadPool(workers);
        resources.setJobStore(store);
        resources.setJobRunShellFactory(shells);
        resources.setMaxBatchSize(config.concurrency());
        resources.setBatchTimeWindow(BATCH_WINDOW.toMillis());

        QuartzScheduler quartz = new QuartzScheduler(resources, LOOK_AHEAD.toMillis(), 0);
        CascadingClassLoadHelper classes = new CascadingClassLoadHelper();
        classes.initialize();
        store.initialize(classes, quartz.getSchedulerSignaler());
        StdScheduler scheduler = new StdScheduler(quartz);
        shells.initialize(scheduler);
        quartz.initialize();
        quartz.setJobFactory(new HarmlessJobFactory(jobs));
        JobStarter starter = new JobStarter(quartz, shells, store, workers);
        store.startJobsBy(starter);
        return new SchedulerNode(scheduler, store, workers, starter, death);
    }

    /** Unique even when two workers have the same name. */
    private static String instanceId(String workerName) {
        String name = workerName.substring(0, Math.min(NAME_LENGTH, workerName.length()));
        return name + "-" + UUID.randomUUID().toString().substring(0, 8);
    }

    String instanceId() {
        return store.getInstanceId();
    }

    Scheduler scheduler() {
        return scheduler;
    }

    MonitoringJobStore store() {
        return store;
    }

    /** Calls the listener with triggers of checks that fired together, in the thread that creates their jobs and before it does. */
    void beforeStart(Consumer<List<TriggerKey>> listener) {
        starter.beforeStart(listener);
    }

    /**
     * Joins the cluster and begins to fire.
     *
     * @throws ScheduleException when the instance id is in use
     * @throws SchedulerException when the database failed
     */
    void start() throws SchedulerException {
        store.requireFreeId();
        scheduler.start();
    }

    /** The clock was set: threads that wait for a time by the old one look again. */
    void clockChanged() {
        store.lookAgain();
    }

    /** The death of this node: it is to be stopped then, since it cannot go on. */
    Death death() {
        return death;
    }

    /** Fires nothing more, and waits at most this long for the jobs that run. Returns whether all have ended. */
    boolean standby(Duration patience) throws InterruptedException {
        scheduler.standby();
        return workers.awaitIdle(patience);
    }

    /**
     * Stops for good within the timeout, whatever the state of the database and of the jobs: waits for jobs that run, then gives back
     * to the others what is left, see {@link #left}. A job that still runs afterwards is abandoned; its trigger fires again at its next
     * time.
     *
     * @return whether all jobs had ended
     */
    boolean stop(Duration timeout) throws InterruptedException {
        Duration third = timeout.dividedBy(3);
        Duration leaving = third.compareTo(LEAVE_TIMEOUT) < 0 ? third : LEAVE_TIMEOUT;
        try {
            scheduler.standby();
            // What Quartz hands over from now on is dropped and given back: it would meet a database that closes.
            workers.shutdown(false);
            return workers.awaitIdle(timeout.minus(leaving));
        } finally {
            store.leaveWithin(leaving);
            scheduler.shutdown(false);
        }
    }

    /** After {@link #stop}: whether it could give back what it held and take itself off the list of workers. */
    boolean left() {
        return store.left();
    }
}
