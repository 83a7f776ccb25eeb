package avatarmonitor.schedule.batch;

import avatarmonitor.schedule.quartz.JobStarter;
import avatarmonitor.schedule.quartz.MisfirePolicy;
import avatarmonitor.schedule.quartz.NodeParts;
import avatarmonitor.schedule.quartz.TriggerWithRowId;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import avatarmonitor.store.clock.ClockGate;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.quartz.JobDetail;
import org.quartz.TriggerKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Batch poller: a thread that fires due triggers of checks, one batch per transaction, as far as the pool has capacity
 * for their jobs, and starts these jobs. While one poller writes its batch, another already selects the next. A trigger
 * of this group that is no trigger of a check is set to ERROR.
 */
final class BatchPoller implements Runnable {
    /** SQLState of a transaction that the server aborted because of a deadlock; it is retried. */
    private static final String DEADLOCK = "40P01";

    /** Interval of the search for overdue triggers that still fire, while there are none. */
    private static final Duration LOOK_BACK_INTERVAL = MisfirePolicy.SCAN_INTERVAL;

    /** Interval at which a closed clock gate is checked again. */
    private static final Duration CLOSED_PAUSE = PollPacer.IDLE_MAX;

    private static final Duration RETRY_INTERVAL = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(BatchPoller.class);

    private final NodeParts node;
    private final Transactions transactions;
    private final int batchMax;
    private final PollPacer turns;
    private final JobStarter jobs;
    private final JobDetail job;
    private final Supplier<String> entries;
    private final InstantSource clock;
    private final ClockGate gate;
    private boolean failing;
    /** Time of the last search for overdue triggers that still fire, and whether it found any. */
    private long lookedBack = System.nanoTime() - LOOK_BACK_INTERVAL.toNanos();

    private boolean behind;
    /** Reserved capacity of the pool, in jobs. */
    private int capacity;
    /** Batch of a transaction whose outcome is unknown. */
    private @Nullable FiringBatch unsure;

    /** Runs a transaction on a connection for firing. */
    interface Transactions {
        <T> T run(Database.Work<T> work) throws SQLException;
    }

    /**
     * Creates a poller for one thread.
     *
     * @param job shared by all checks
     * @param entries generates unique ids of firings
     */
    BatchPoller(
            NodeParts node,
            Transactions transactions,
            int batchMax,
            PollPacer turns,
            JobDetail job,
            JobStarter jobs,
            Supplier<String> entries) {
        this.node = node;
        this.transactions = transactions;
        this.batchMax = batchMax;
        this.turns = turns;
        this.job = job;
        this.jobs = jobs;
        this.entries = entries;
        this.clock = node.clock();
        this.gate = ClockGate.of(clock);
    }

    /** Runs until the pacer ends. */
    @Override
    public void run() {
        while (true) {
            if (capacity == 0) {
                // Waiting for capacity must not hold the turn, which others could use.
                capacity = node.workers().awaitCapacity();
            }
            if (!turns.await()) {
                return;
            }
            FiringBatch batch = take();
            if (unsure == null) {
                node.workers().release(capacity - batch.size());
                capacity = 0;
                if (batch.size() > 0 && !start(batch)) {
                    return;
                }
            }
        }
    }

    /**
     * Waits for the end of a pause before it starts the jobs; firings that never start are released with all others of
     * this worker.
     */
    private boolean start(FiringBatch batch) {
        if (!turns.awaitOpen()) {
            return false;
        }
        jobs.start(batch.bundles(job, clock.instant()));
        return true;
    }

    private FiringBatch take() {
        try {
            FiringBatch batch = unsure == null ? fire() : findAgain(unsure);
            unsure = null;
            return batch;
        } catch (SQLException e) {
            if (DEADLOCK.equals(e.getSQLState())) {
                LOG.debug("batch tried again after a deadlock", e);
                turns.pauseAfter(0);
            } else {
                failed(e);
            }
        } catch (RuntimeException e) {
            if (!failing) {
                LOG.error("due triggers could not be fired because of an internal error, will retry", e);
            }
            failed(e);
        }
        return FiringBatch.empty();
    }

    private void failed(Exception e) {
        if (failing) {
            turns.pause(RETRY_INTERVAL);
        } else {
            // Often only this connection failed.
            turns.pauseAfter(0);
        }
        if (!failing && turns.isOpen()) {
            LOG.atLevel(StoreException.logLevel(e))
                    .log("due triggers could not be fired, will retry error={}", e.getMessage());
        }
        failing = true;
    }

    private FiringBatch findAgain(FiringBatch batch) throws SQLException {
        // This may take as long as the server needs to abort that transaction.
        turns.more();
        Map<String, String> there = transactions.run(connection -> new DueTriggers(connection).fired(batch.firings()));
        if (!there.isEmpty()) {
            LOG.info(
                    "transaction ended without an answer fired={} of={}",
                    there.size(),
                    batch.firings().size());
        }
        return batch.at(there);
    }

    private FiringBatch fire() throws SQLException {
        if (capacity == 0) {
            // The pool has stopped; the pacer ends soon.
            turns.pauseAfter(0);
            return FiringBatch.empty();
        }
        if (!gate.isOpen()) {
            turns.pause(CLOSED_PAUSE);
            return FiringBatch.empty();
        }
        capacity += node.workers().reserve(batchMax - capacity);
        FiringBatch batch = transactions.run(this::fire);
        failing = false;
        return batch;
    }

    private List<DueTriggers.Due> findDue(DueTriggers triggers, long now) throws SQLException {
        long notBefore = MisfirePolicy.misfiredBefore(clock.instant()).toEpochMilli();
        if (!behind && System.nanoTime() - lookedBack < LOOK_BACK_INTERVAL.toNanos()) {
            return triggers.lock(now, notBefore, notBefore, capacity);
        }
        List<DueTriggers.Due> due = triggers.lock(now, notBefore, 0, capacity);
        lookedBack = System.nanoTime();
        behind = due.stream()
                .map(one -> one.row().simple())
                .anyMatch(
                        one -> one != null && one.getNextFireTime().toInstant().toEpochMilli() < notBefore);
        return due;
    }

    private FiringBatch fire(Connection connection) throws SQLException {
        DueTriggers triggers = new DueTriggers(connection);
        long now = clock.millis();
        List<DueTriggers.Due> due = findDue(triggers, now);
        if (due.size() == capacity) {
            turns.more();
        } else if (due.isEmpty()) {
            turns.pauseUntilDue(triggers.next(now) - now);
        } else {
            turns.pauseAfter(due.size());
        }
        FiringBatch batch = FiringBatch.empty();
        List<TriggerKey> broken = new ArrayList<>();
        for (DueTriggers.Due one : due) {
            TriggerWithRowId trigger = one.row().simple();
            if (trigger == null || !trigger.getJobKey().equals(job.getKey())) {
                broken.add(one.row().key());
                continue;
            }
            String entry = entries.get();
            trigger.setFireInstanceId(entry);
            batch.firings().add(new DueTriggers.Firing(one, trigger, FiringBatch.after(trigger), entry));
        }
        node.rows().markError(connection, broken);
        if (batch.firings().isEmpty()) {
            return batch;
        }
        unsure = batch;
        return batch.at(triggers.fire(batch.firings(), node.instanceId(), now));
    }
}
