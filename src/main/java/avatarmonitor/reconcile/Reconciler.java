package avatarmonitor.reconcile;

import avatarmonitor.event.EventWriter;
import avatarmonitor.store.Database;
import avatarmonitor.store.clock.ClockGate;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The hourly reconcile run: schedules or closes every unmonitored avatar in TRAINING, repairs schedule faults, and
 * deletes old rows. May run at any time, on any worker, also on several at once.
 */
public final class Reconciler {
    private static final Logger log = LoggerFactory.getLogger(Reconciler.class);

    /** Faults of one kind that are repaired in one run; the rest follows in the next. */
    private static final int REPAIRED_MAX = 10_000;

    /** Rows deleted per transaction, and maximum of such transactions per run for one kind of row. */
    private static final int PRUNE_BATCH = 1_000;

    private static final int PRUNE_BATCHES_MAX = 1_000;

    private final Database database;
    private final List<Aging> aging;
    private final RunEvents runs;
    private final boolean tellsFailure;
    private final RunMeter meter;
    private final Sweep sweep;
    private final MonitoringTriggers triggers;
    private final ReconcileConfig config;
    private final InstantSource clock;
    private final ClockGate gate;

    /**
     * @param aging tables from which rows are deleted after {@code history.retention}
     * @param meter receives each run
     * @param tellsFailure whether a failed run writes an event; a command reports its own failure
     */
    public Reconciler(
            Database database,
            EventWriter events,
            List<Aging> aging,
            Sweep sweep,
            MonitoringTriggers triggers,
            ReconcileConfig config,
            RunMeter meter,
            InstantSource clock,
            boolean tellsFailure) {
        this.database = database;
        this.runs = new RunEvents(database, events);
        this.tellsFailure = tellsFailure;
        this.meter = meter;
        this.aging = List.copyOf(aging);
        this.sweep = sweep;
        this.triggers = triggers;
        this.config = config;
        this.clock = clock;
        this.gate = ClockGate.of(clock);
    }

    /** Rows that are deleted by age. */
    public interface Aging {
        /**
         * Deletes at most {@code batch} rows older than {@code before}, in the caller's transaction; returns their
         * number.
         */
        int prune(Connection connection, Instant before, int batch) throws SQLException;
    }

    /** Metrics of runs. */
    public interface RunMeter {
        void ran(Duration took, boolean succeeded);
    }

    /**
     * Result of one run.
     *
     * @param watched avatars that got a trigger
     * @param stalled trainings newly found to be too old
     * @param invalid avatars newly found to be invalid, which must not be sent to fal
     * @param repaired schedule faults that were repaired
     * @param pruned rows of events, history and messages deleted by age
     */
    public record Report(int watched, int stalled, int invalid, int repaired, int pruned) {
        /** Describes the counts that are not zero. */
        public String words() {
            Map<String, Integer> counts = new LinkedHashMap<>();
            counts.put("monitoring started: ", watched);
            counts.put("repaired: ", repaired);
            counts.put("newly stalled: ", stalled);
            counts.put("newly found invalid: ", invalid);
            counts.put("old rows deleted: ", pruned);
            StringBuilder words = new StringBuilder();
            counts.forEach((name, count) -> {
                if (count > 0) {
                    words.append(words.isEmpty() ? "" : ", ").append(name).append(count);
                }
            });
            return words.isEmpty()
                    ? "nothing to do: every training that can be monitored is monitored"
                    : words.toString();
        }
    }

    /**
     * Runs once, now, by the database's clock.
     *
     * @throws avatarmonitor.store.ClockException when this process's clock is off; nothing was done
     * @throws avatarmonitor.store.StoreException when some avatar or fault could not be processed; all others were
     */
    public Report run() {
        Instant now = gate.require(database);
        long began = System.nanoTime();
        boolean succeeded = false;
        try {
            Report report = run(now);
            succeeded = true;
            runs.succeeded(clock.instant());
            return report;
        } catch (RuntimeException e) {
            if (tellsFailure) {
                runs.failed(e, clock.instant());
            }
            throw e;
        } finally {
            meter.ran(Duration.ofNanos(System.nanoTime() - began), succeeded);
        }
    }

    private Report run(Instant now) {
        SweepResult done = sweep.over(UnmonitoredKind.ALL, Set.of(), now);
        done.repair(triggers, gate.read(database, () -> triggers.faults(now, REPAIRED_MAX)), now);
        // Before a failure ends the run: an avatar that fails in every run must not let tables grow.
        int pruned = prune();
        done.requireComplete();
        Report report = new Report(done.watched, done.stalled, done.invalid, done.repaired, pruned);
        log.info(
                "reconcile done started={} stalled={} invalid={} repaired={} pruned={}",
                report.watched(),
                report.stalled(),
                report.invalid(),
                report.repaired(),
                report.pruned());
        return report;
    }

    /** Deletes old rows by the database's clock of each transaction. */
    private int prune() {
        int pruned = 0;
        for (Aging rows : aging) {
            int count = PRUNE_BATCH;
            for (int batch = 0; batch < PRUNE_BATCHES_MAX && count == PRUNE_BATCH; batch++) {
                count = database.inTransaction(connection -> {
                    Instant there = gate.require(connection, database.dialect());
                    return rows.prune(connection, there.minus(config.retention()), PRUNE_BATCH);
                });
                pruned += count;
            }
        }
        return pruned;
    }
}
