package avatarmonitor.schedule.quartz;

import avatarmonitor.schedule.quartz.thread.FatalErrorLatch;
import avatarmonitor.schedule.quartz.thread.ServiceThreads;
import avatarmonitor.schedule.quartz.thread.StopSignal;
import avatarmonitor.schedule.quartz.thread.WorkerPool;
import avatarmonitor.store.Database;
import avatarmonitor.store.sql.Dialect;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.quartz.JobPersistenceException;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.TriggerKey;
import org.quartz.core.QuartzScheduler;
import org.quartz.core.QuartzSchedulerResources;
import org.quartz.impl.StdJobRunShellFactory;
import org.quartz.impl.StdScheduler;
import org.quartz.impl.jdbcjobstore.JobStoreSupport;
import org.quartz.simpl.CascadingClassLoadHelper;
import org.quartz.spi.JobFactory;
import org.quartz.spi.JobStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One member of the scheduler cluster on a shared database. Before {@link #start} it only stores and removes triggers,
 * as a command needs: it does not check in, fires nothing and repairs nothing. A process may have several.
 *
 * <p>It is built without Quartz's factories, which keep one scheduler per name and process.
 */
public final class QuartzNode {
    /** Name of the cluster; {@code SCHED_NAME} in every row. */
    static final String NAME = "avatar-monitor";

    /**
     * How far ahead triggers are acquired, and the longest time until a trigger stored by another process is noticed.
     */
    static final Duration LOOK_AHEAD = Duration.ofSeconds(5);

    /**
     * The same where Quartz fires checks itself, which should start about a second after another process stored them.
     */
    private static final Duration LOOK_AHEAD_FOR_CHECKS = Duration.ofSeconds(1);

    /** Triggers due within this time of the first one fire with it, early by at most this much. */
    private static final Duration BATCH_WINDOW = Duration.ofMillis(200);

    /**
     * Length limit, since the instance id is part of {@code ENTRY_ID VARCHAR(95)}, together with 13 digits and a suffix
     * of 9 characters.
     */
    private static final int NAME_LENGTH = 60;

    private static final Logger LOG = LoggerFactory.getLogger(QuartzNode.class);

    private final StdScheduler scheduler;
    private final ClusteredJobStore store;
    private final JobStarter starter;
    private final FatalErrorLatch fatal;

    private QuartzNode(StdScheduler scheduler, ClusteredJobStore store, JobStarter starter, FatalErrorLatch fatal) {
        this.scheduler = scheduler;
        this.store = store;
        this.starter = starter;
        this.fatal = fatal;
    }

    /**
     * Settings of a node.
     *
     * @param instanceId unique in the cluster; see {@link #instanceId(String)} and {@link #idIsUsed}
     * @param concurrency maximum of concurrent jobs
     * @param checkInInterval interval of the heartbeat
     */
    public record Settings(String instanceId, int concurrency, Duration checkInInterval) {}

    /**
     * Builds a node.
     *
     * @param clock determines which trigger is due; while its gate is closed nothing fires
     * @param jobs creates the jobs; when it throws, the job is skipped until its next time
     * @param engine creates the engine that fires checks; null when Quartz fires them too
     * @throws SchedulerException when Quartz refuses the settings, which is a bug
     */
    public static QuartzNode build(
            Database database,
            Settings settings,
            InstantSource clock,
            ClusterListener listener,
            JobFactory jobs,
            FiringEngine.@Nullable Factory engine)
            throws SchedulerException {
        String instanceId = settings.instanceId();
        FatalErrorLatch fatal = new FatalErrorLatch();
        IndexedDelegate delegate = new IndexedDelegate(engine == null);
        JdbcTriggerRows portable = new JdbcTriggerRows(delegate);
        NodeParts parts = new NodeParts(
                database,
                instanceId,
                new StoreConnections(database.pool()),
                new ServiceThreads(fatal),
                new WorkerPool(instanceId, settings.concurrency(), WorkerPool.AHEAD_MAX, fatal),
                delegate,
                database.dialect() == Dialect.POSTGRESQL ? new PostgresTriggerRows(portable) : portable,
                clock);
        Runnable duplicate = () -> fatal.because(
                "another process checks in as " + instanceId + ": was this machine copied, or set back to a snapshot?");
        ClusteredJobStore store = new ClusteredJobStore(
                parts,
                engine == null ? FiringEngine.NONE : engine.create(parts),
                settings.checkInInterval(),
                listener,
                duplicate);
        StdJobRunShellFactory shells = new StdJobRunShellFactory();

        QuartzSchedulerResources resources = new QuartzSchedulerResources();
        resources.setName(NAME);
        resources.setInstanceId(instanceId);
        resources.setThreadName(instanceId + "-scheduler");
        resources.setThreadExecutor(parts.threads());
        resources.setThreadPool(parts.workers());
        resources.setJobStore(store);
        resources.setJobRunShellFactory(shells);
        resources.setMaxBatchSize(settings.concurrency());
        resources.setBatchTimeWindow(BATCH_WINDOW.toMillis());

        QuartzScheduler quartz =
                new QuartzScheduler(resources, (engine == null ? LOOK_AHEAD_FOR_CHECKS : LOOK_AHEAD).toMillis(), 0);
        CascadingClassLoadHelper classes = new CascadingClassLoadHelper();
        classes.initialize();
        delegate.initialize(LOG, store.getTablePrefix(), NAME, instanceId, classes, true, "");
        store.initialize(classes, quartz.getSchedulerSignaler());
        StdScheduler scheduler = new StdScheduler(quartz);
        shells.initialize(scheduler);
        quartz.initialize();
        quartz.setJobFactory(new SafeJobFactory(jobs));
        JobStarter starter = new JobStarter(quartz, shells, store, parts.workers());
        store.startJobsBy(starter);
        return new QuartzNode(scheduler, store, starter, fatal);
    }

    /** Applies Quartz's own settings of the job store. */
    static void configure(JobStoreSupport store, NodeParts node, Duration checkInInterval) {
        store.setDataSource(NoDataSource.register());
        store.setInstanceName(NAME);
        store.setInstanceId(node.instanceId());
        store.setUseProperties("true");
        store.setIsClustered(true);
        store.setClusterCheckinInterval(checkInInterval.toMillis());
        store.setThreadExecutor(node.threads());
        store.setDbRetryInterval(StopSignal.RETRY_INTERVAL.toMillis());
        store.setAcquireTriggersWithinLock(true);
        store.setMisfireThreshold(MisfirePolicy.SCAN_INTERVAL.toMillis());
        store.setMaxMisfiresToHandleAtATime(node.rows().misfiredMax());
    }

    /** Creates an instance id, unique even when two workers have the same name. */
    public static String instanceId(String workerName) {
        String name = workerName.substring(0, Math.min(NAME_LENGTH, workerName.length()));
        return name + "-" + UUID.randomUUID().toString().substring(0, 8);
    }

    public String instanceId() {
        return store.getInstanceId();
    }

    public Scheduler scheduler() {
        return scheduler;
    }

    /** Operations on stored triggers that Quartz's API does not offer. */
    public StoredTriggers stored() {
        return store.stored;
    }

    /** The job store that Quartz uses. */
    public JobStore jobStore() {
        return store;
    }

    /** Returns whether overdue triggers have another cause than a database outage or a wrong clock. */
    public boolean isSettled() {
        return store.heartbeat.isSettled();
    }

    /**
     * Sets the listener that is called with triggers of checks that fired together, on the thread that creates their
     * jobs, before it does.
     */
    public void beforeStart(Consumer<List<TriggerKey>> listener) {
        starter.beforeStart(listener);
    }

    /**
     * Returns whether another worker is registered with this instance id: its firings would be taken for this node's.
     */
    public boolean idIsUsed() throws JobPersistenceException {
        return store.stored.idIsUsed();
    }

    /** Joins the cluster and starts firing; the instance id must be unused. */
    public void start() throws SchedulerException {
        scheduler.start();
    }

    /** Wakes threads that wait for the time of a trigger: the clock was set, or a due trigger was stored. */
    public void wakeScheduler() {
        store.wakeScheduler();
    }

    /** Latch of errors after which this node has to be stopped. */
    public FatalErrorLatch fatal() {
        return fatal;
    }

    /** Fires nothing more, and waits at most this long for running jobs. Returns whether all have ended. */
    public boolean standby(Duration timeout) throws InterruptedException {
        scheduler.standby();
        return store.node.workers().awaitIdle(timeout);
    }

    /**
     * Stops for good within the timeout, as {@link ClusterExit} describes.
     *
     * @return whether all jobs had ended
     */
    public boolean stop(Duration timeout) throws InterruptedException {
        return store.exit.stop(timeout, scheduler);
    }

    /** After {@link #stop}: returns whether it released its firings and deleted its check-in. */
    public boolean left() {
        return store.exit.left();
    }
}
