package avatarmonitor.reconcile;

import avatarmonitor.store.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
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

    /** Rows deleted in one transaction, and how many such transactions one run makes at most for one kind. */
    private static final int PRUNE_BATCH = 1_000;

    private static final int PRUNE_BATCHES_MAX = 100;

    private final Database database;
    private final List<Aging> aging;
    private final Sweep sweep;
    private final Watchlist watchlist;
    private final ReconcileConfig config;
    private final InstantSource clock;

    /** @param aging what is deleted after {@code history.retention} */
    public Reconciler(
            Database database,
            List<Aging> aging,
            Sweep sweep,
            Watchlist watchlist,
            ReconcileConfig config,
            InstantSource clock) {
        this.database = database;
        this.aging = List.copyOf(aging);
        this.sweep = sweep;
        this.watchlist = watchlist;
        this.config = config;
        this.clock = clock;
    }

    /** Rows that are deleted by age. */
    public interface Aging {
        /** Deletes at most {@code batch} rows of before, in the caller's transaction; returns how many there were. */
        int prune(Connection connection, Instant before, int batch) throws SQLException;
    }

    /**
     * What one run did.
     *
     * @param watched avatars that got a trigger
     * @param stalled trainings newly found to be too old
     * @param invalid avatars newly found that must not be sent to fal
     * @param repaired what was wrong with the schedule and was put right
     * @param pruned rows of events and history deleted by age
     */
    public record Report(int watched, int stalled, int invalid, int repaired, int pruned) {}

    /**
     * Runs once, now.
     *
     * @throws avatarmonitor.store.StoreException when something could not be settled; all else was
     */
    public Report run() {
        Instant now = clock.instant();
        Sweep.Swept swept = sweep.over(Unwatched.ALL, Set.of(), now);
        Mended mended = Mended.all(watchlist, watchlist.disorders(now, MENDED_MAX), now);
        swept.requireComplete();
        mended.requireComplete();
        int repaired = swept.repaired() + mended.count();
        Report report = new Report(swept.watched(), swept.stalled(), swept.invalid(), repaired, prune(now));
        log.info(
                "reconcile done watched={} stalled={} invalid={} repaired={} pruned={}",
                report.watched(),
                report.stalled(),
                report.invalid(),
                report.repaired(),
                report.pruned());
        return report;
    }

    private int prune(Instant now) {
        Instant before = now.minus(config.retention());
        int pruned = 0;
        for (Aging rows : aging) {
            int count = PRUNE_BATCH;
            for (int batch = 0; batch < PRUNE_BATCHES_MAX && count == PRUNE_BATCH; batch++) {
                count = database.inTransaction(connection -> rows.prune(connection, before, PRUNE_BATCH));
                pruned += count;
            }
        }
        return pruned;
    }
}
