package avatarmonitor.schedule.batch;

import avatarmonitor.schedule.quartz.FiringEngine;
import avatarmonitor.schedule.quartz.JobStarter;
import avatarmonitor.schedule.quartz.NodeParts;
import avatarmonitor.store.Database;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.quartz.JobDetail;
import org.quartz.spi.OperableTrigger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fires checks on PostgreSQL in batches, without the lock of the cluster, on the same genuine tables and in the same states as Quartz uses: two
 * {@link BatchPoller}s take turns ({@link PollPacer}), and a {@link FiringAcknowledger} deletes the rows of firings that have ended.
 *
 * <p>Between the commit of a batch and the moment in which a job runs, its trigger already stands at its next time, with a firing in state
 * EXECUTING: if this worker stops or dies then, what takes over its firings makes the trigger due at once.
 */
public final class BatchFiring implements FiringEngine {
    /** Threads that fire: while one writes a batch the other looks for the next one. More would only wait for the database. */
    private static final int FIRING_THREADS = 2;

    /** Connections beside the pool of the worker: one for each thread that fires, one for the thread that deletes firings. */
    private static final int CONNECTIONS = FIRING_THREADS + 1;

    /** Triggers that fire in one transaction. */
    static final int BATCH_MAX = 1000;

    private static final Logger LOG = LoggerFactory.getLogger(BatchFiring.class);

    private final NodeParts node;
    private final JobDetail job;
    private final PollPacer turns = new PollPacer();
    private final FiringAcknowledger ended;
    private final AtomicLong entries;
    private volatile @Nullable DataSource pool;

    /** @param job of all checks; what has another job in their group is set to ERROR */
    public BatchFiring(NodeParts node, JobDetail job) {
        this.node = node;
        this.job = job;
        entries = new AtomicLong(node.clock().millis());
        ended = new FiringAcknowledger(rows -> inTransaction(connection -> {
            FiredRow.delete(connection, rows);
            return true;
        }));
    }

    private <T> T inTransaction(Database.Work<T> work) throws SQLException {
        return node.connections().inTransaction(Objects.requireNonNull(pool, "not started"), work);
    }

    @Override
    public void start(JobStarter jobs) {
        pool = node.database().planFixedPool("avatar-monitor-firing", CONNECTIONS);
        node.threads().execute(new Thread(ended::run, node.instanceId() + "-ended-firings"));
        turns.open();
        for (int number = 1; number <= FIRING_THREADS; number++) {
            Runnable poller = new BatchPoller(node, this::inTransaction, BATCH_MAX, turns, job, jobs, this::nextEntry);
            node.threads().execute(new Thread(poller, node.instanceId() + "-firing-" + number));
        }
    }

    /** The hyphen keeps them apart from the ids that Quartz makes for this node. */
    private String nextEntry() {
        return node.instanceId() + "-" + entries.incrementAndGet();
    }

    @Override
    public void pause() {
        turns.close();
    }

    @Override
    public void resume() {
        turns.open();
    }

    @Override
    public void wake() {
        turns.wake();
    }

    @Override
    public void stop() {
        turns.end();
    }

    @Override
    public void finish(Duration timeout) {
        if (pool != null && !ended.stop(timeout)) {
            LOG.warn("checks that have ended will be made once more by others count={}", ended.waiting());
        }
    }

    @Override
    public boolean acknowledge(OperableTrigger trigger) {
        ended.add(FiredRow.of(trigger));
        return true;
    }
}
