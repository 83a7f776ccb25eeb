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
 * Firing engine that fires checks on PostgreSQL in batches, without the cluster lock, on Quartz's own tables and
 * states: two {@link BatchPoller}s alternate ({@link PollPacer}), and a {@link FiringAcknowledger} deletes the rows of
 * ended firings.
 *
 * <p>Between the commit of a batch and the start of a job, its trigger already has its next time, and a firing in state
 * EXECUTING is recorded: if this worker stops or dies then, the recovery of its firings makes the trigger due at once.
 */
public final class BatchFiring implements FiringEngine {
    /**
     * Polling threads: while one writes a batch the other selects the next one. More would only wait for the database.
     */
    private static final int FIRING_THREADS = 2;

    /** Connections outside the worker's pool: one for each polling thread, one for the thread that deletes firings. */
    private static final int CONNECTIONS = FIRING_THREADS + 1;

    /** Maximum of triggers that fire in one transaction. */
    static final int BATCH_MAX = 1000;

    private static final Logger LOG = LoggerFactory.getLogger(BatchFiring.class);

    private final NodeParts node;
    private final JobDetail job;
    private final PollPacer turns = new PollPacer();
    private final FiringAcknowledger ended;
    private final AtomicLong entries;
    private volatile @Nullable DataSource pool;

    /** @param job shared by all checks; a trigger of their group with another job is set to ERROR */
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

    /** The hyphen distinguishes them from ids that Quartz generates for this node. */
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
