package avatarmonitor.schedule.batch;

import avatarmonitor.schedule.quartz.JobStarter;
import avatarmonitor.schedule.quartz.MisfirePolicy;
import avatarmonitor.schedule.quartz.NodeParts;
import avatarmonitor.schedule.quartz.TriggerWithRowId;
import avatarmonitor.store.ClockGate;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
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
 * One of the threads that fire the triggers of checks, a batch in each transaction and as far as the pool has room for their jobs, and start
 * these jobs. While one writes its batch another already looks for the next. A trigger of this group that is no trigger of a check is set to
 * ERROR.
 */
final class BatchPoller implements Runnable {
    /** SQLState of a transaction that the server ended because of a deadlock: to be tried again. */
    private static final String DEADLOCK = "40P01";

    /** How often what is overdue and fires all the same is looked for, while there is none. */
    private static final Duration LOOK_BACK_INTERVAL = MisfirePolicy.SCAN_INTERVAL;

    /** How often to look whether the clock is right again. */
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
    /** When it last looked for what is overdue and fires all the same, and whether there was any. */
    private long lookedBack = System.nanoTime() - LOOK_BACK_INTERVAL.toNanos();

    private boolean behind;
    /** For how many jobs it keeps room. */
    private int room;
    /** What a transaction was to fire that has not told how it ended. */
    private @Nullable FiringBatch unsure;

    /** A transaction of its own on a connection for firing. */
    interface Transactions {
        <T> T run(Database.Work<T> work) throws SQLException;
    }

    /**
     * For one thread.
     *
     * @param job of all checks
     * @param entries makes the ids of firings, each once
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

    /** Ends with the turns. */
    @Override
    public void run() {
        while (true) {
            if (room == 0) {
                // Whoever waits for room must not keep others from their turn.
                room = node.workers().awaitRoom();
            }
            if (!turns.await()) {
                return;
            }
            FiringBatch batch = take();
            if (unsure == null) {
                node.workers().release(room - batch.size());
                room = 0;
                if (batch.size() > 0 && !start(batch)) {
                    return;
                }
            }
        }
    }

    /** What fired before a pause waits for its end; what is never started is given back with everything else that this worker holds. */
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
                LOG.error("due triggers could not be fired because of an internal error, going on trying", e);
            }
            failed(e);
        }
        return FiringBatch.empty();
    }

    private void failed(Exception e) {
        if (failing) {
            turns.pause(RETRY_INTERVAL);
        } else {
            // Often it was only this connection.
            turns.pauseAfter(0);
        }
        if (!failing && turns.isOpen()) {
            LOG.atLevel(StoreException.logLevel(e))
                    .log("due triggers could not be fired, going on trying error={}", e.getMessage());
        }
        failing = true;
    }

    private FiringBatch findAgain(FiringBatch batch) throws SQLException {
        // It may take as long as the server takes to give that transaction up.
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
        if (room == 0) {
            // The pool has stopped, and so will the turns.
            turns.pauseAfter(0);
            return FiringBatch.empty();
        }
        if (!gate.isOpen()) {
            turns.pause(CLOSED_PAUSE);
            return FiringBatch.empty();
        }
        room += node.workers().reserve(batchMax - room);
        FiringBatch batch = transactions.run(this::fire);
        failing = false;
        return batch;
    }

    private List<DueTriggers.Due> look(DueTriggers triggers, long now) throws SQLException {
        long notBefore = MisfirePolicy.misfiredBefore(clock.instant()).toEpochMilli();
        if (!behind && System.nanoTime() - lookedBack < LOOK_BACK_INTERVAL.toNanos()) {
            return triggers.lock(now, notBefore, notBefore, room);
        }
        List<DueTriggers.Due> due = triggers.lock(now, notBefore, 0, room);
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
        List<DueTriggers.Due> due = look(triggers, now);
        if (due.size() == room) {
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
