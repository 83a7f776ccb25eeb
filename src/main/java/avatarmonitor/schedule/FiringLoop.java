package avatarmonitor.schedule;

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
import org.jspecify.annotations.Nullable;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.JobPersistenceException;
import org.quartz.TriggerKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One of the threads that take due triggers and fire them, a batch in each transaction, ahead of the thread that runs their jobs and as far as
 * there is room for them. While one writes its batch another already looks for the next.
 */
final class FiringLoop implements Runnable {
    /** SQLState of a transaction that the server ended because of a deadlock: to be tried again. */
    private static final String DEADLOCK = "40P01";

    /** How often what is overdue and fires all the same is looked for, while there is none. */
    private static final Duration LOOK_BACK_INTERVAL = LateJobStore.OVERDUE_SCAN_INTERVAL;

    /** How often to look whether the clock is right again. */
    private static final Duration CLOSED_PAUSE = FiringTurns.IDLE_MAX;

    private static final Logger LOG = LoggerFactory.getLogger(FiringLoop.class);

    private final Store store;
    private final int batchMax;
    private final FiringTurns turns;
    private final WorkerPool workers;
    private final FiredBatches fired;
    private final InstantSource clock;
    private final ClockGate gate;
    private final PlainJobs jobs = new PlainJobs();
    private boolean failing;
    /** When it last looked for what is overdue and fires all the same, and whether there was any. */
    private long lookedBack = System.nanoTime() - LOOK_BACK_INTERVAL.toNanos();

    private boolean behind;
    /** For how many jobs it keeps room. */
    private int room;
    /** What a transaction was to fire that has not told how it ended. */
    private @Nullable FiringBatch unsure;

    /** What a loop needs of the job store. */
    interface Store {
        <T> T inTransaction(Database.Work<T> work) throws SQLException;

        /** Tells what is due; while its gate is closed nothing fires. */
        InstantSource clock();

        String worker();

        /** A new id of a firing. */
        String newEntry();

        /** What was due before this time, in milliseconds, is overdue. */
        long misfireTime();

        @Nullable
        JobDetail job(Connection connection, JobKey key) throws JobPersistenceException;
    }

    FiringLoop(Store store, int batchMax, FiringTurns turns, WorkerPool workers, FiredBatches fired) {
        this.store = store;
        this.batchMax = batchMax;
        this.turns = turns;
        this.workers = workers;
        this.fired = fired;
        this.clock = store.clock();
        this.gate = ClockGate.of(clock);
    }

    /** Ends with the turns. */
    @Override
    public void run() {
        while (true) {
            if (room == 0) {
                // Whoever waits for room must not keep others from their turn.
                room = workers.awaitRoom();
            }
            if (!turns.await()) {
                return;
            }
            FiringBatch batch = take();
            if (unsure == null) {
                workers.release(room - fired.add(batch));
                room = 0;
            }
        }
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
                LOG.error("due triggers could not be fired by a defect of this program, going on trying", e);
            }
            failed(e);
        }
        return FiringBatch.empty();
    }

    private void failed(Exception e) {
        if (failing) {
            turns.pause(StoppableJobStore.RETRY_INTERVAL);
        } else {
            // Often it was only this connection.
            turns.pauseAfter(0);
        }
        if (!failing && turns.areOpen()) {
            LOG.atLevel(StoreException.logLevel(e))
                    .log("due triggers could not be fired, going on trying error={}", e.getMessage());
        }
        failing = true;
    }

    private FiringBatch findAgain(FiringBatch batch) throws SQLException {
        // It may take as long as the server takes to give that transaction up.
        turns.more();
        Map<String, String> there =
                store.inTransaction(connection -> new DueTriggers(connection).fired(batch.firings()));
        if (!there.isEmpty()) {
            LOG.info(
                    "transaction ended without an answer fired={} of={}",
                    there.size(),
                    batch.firings().size());
        }
        return batch.at(there).leaving(List.of());
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
        room += workers.reserve(batchMax - room);
        FiringBatch batch = store.inTransaction(this::fire);
        failing = false;
        return batch;
    }

    private List<DueTriggers.Due> look(DueTriggers triggers, long now) throws SQLException {
        long notBefore = store.misfireTime();
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
            if (one.row().broken()) {
                broken.add(one.row().key());
                continue;
            }
            JobDetail job = jobs.find(one, clock.instant(), key -> store.job(connection, key));
            PlacedTrigger trigger = one.row().simple();
            if (job == null || trigger == null) {
                batch.others().add(one.row().key());
                continue;
            }
            String entry = store.newEntry();
            trigger.setFireInstanceId(entry);
            batch.jobs().put(entry, job);
            batch.firings().add(new DueTriggers.Firing(one, trigger, FiringBatch.after(trigger), entry));
        }
        new OverdueTriggers(connection).markBroken(broken);
        if (!batch.firings().isEmpty()) {
            unsure = batch;
            return batch.at(triggers.fire(batch.firings(), store.worker(), now));
        } else if (!due.isEmpty()) {
            // Until Quartz has had its turn they are found again each time.
            turns.pause(FiringTurns.SPACING);
        }
        return batch;
    }
}
