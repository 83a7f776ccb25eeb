package avatarmonitor.reconcile;

import avatarmonitor.alert.Deliveries;
import avatarmonitor.event.EventLog;
import avatarmonitor.store.Database;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The hourly run: settles every avatar in TRAINING that nobody watches, mends the schedule, and deletes what is old. May run at any
 * time, on any worker, also on several at once.
 */
public final class Reconciler {
    private static final Logger log = LoggerFactory.getLogger(Reconciler.class);

    /** Disorders of one kind that are mended in one run; what is left is mended by the next. */
    private static final int MENDED_MAX = 10_000;

    /** Rows deleted in one transaction, and how many such transactions one run makes at most. */
    private static final int PRUNE_BATCH = 1_000;

    private static final int PRUNE_BATCHES_MAX = 100;

    private final Database database;
    private final EventLog events;
    private final Deliveries deliveries;
    private final RunEvents runs;
    private final Sweep sweep;
    private final Watchlist watchlist;
    private final ReconcileConfig config;
    private final InstantSource clock;

    /** @param worker named in events */
    public Reconciler(
            Database database,
            EventLog events,
            Sweep sweep,
            Watchlist watchlist,
            ReconcileConfig config,
            InstantSource clock,
            String worker) {
        this.database = database;
        this.events = events;
        this.deliveries = new Deliveries(database.dialect());
        this.runs = new RunEvents(database, events, worker);
        this.sweep = sweep;
        this.watchlist = watchlist;
        this.config = config;
        this.clock = clock;
    }

    /**
     * What one run did.
     *
     * @param watched avatars that got a trigger
     * @param stalled trainings newly found to be too old
     * @param invalid avatars newly found that must not be sent to fal
     * @param repaired what was wrong with the schedule and was put right
     * @param prunedEvents events deleted by age; messages are deleted as well
     */
    public record Report(int watched, int stalled, int invalid, int repaired, int prunedEvents) {}

    /**
     * Runs once, now.
     *
     * @throws avatarmonitor.store.StoreException when something could not be settled; all else was
     */
    public Report run() {
        Instant now = clock.instant();
        try {
            Report report = run(now);
            runs.succeeded(clock.instant());
            return report;
        } catch (RuntimeException e) {
            runs.failed(e, clock.instant());
            throw e;
        }
    }

    private Report run(Instant now) {
        Sweep.Swept swept = sweep.over(Unwatched.ALL, Set.of(), now);
        Mended mended = Mended.all(watchlist, watchlist.disorders(now, MENDED_MAX), now);
        swept.requireComplete();
        mended.requireComplete();
        int repaired = swept.repaired() + mended.count();
        Instant before = now.minus(config.retention());
        Report report = new Report(
                swept.watched(),
                swept.stalled(),
                swept.invalid(),
                repaired,
                prune(connection -> events.prune(connection, before, PRUNE_BATCH)));
        int prunedMessages = prune(connection -> deliveries.prune(connection, before, PRUNE_BATCH));
        log.info(
                "reconcile done watched={} stalled={} invalid={} repaired={} pruned_events={} pruned_messages={}",
                report.watched(),
                report.stalled(),
                report.invalid(),
                report.repaired(),
                report.prunedEvents(),
                prunedMessages);
        return report;
    }

    private int prune(Database.Work<Integer> oneBatch) {
        int pruned = 0;
        for (int batch = 0; batch < PRUNE_BATCHES_MAX; batch++) {
            int count = database.inTransaction(oneBatch);
            pruned += count;
            if (count < PRUNE_BATCH) {
                break;
            }
        }
        return pruned;
    }
}
