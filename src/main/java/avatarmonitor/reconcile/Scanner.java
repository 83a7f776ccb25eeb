package avatarmonitor.reconcile;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.Watch;
import avatarmonitor.check.WatchStore;
import avatarmonitor.event.Event;
import avatarmonitor.event.EventLog;
import avatarmonitor.event.EventType;
import avatarmonitor.store.ClockGate;
import avatarmonitor.store.Database;
import avatarmonitor.store.DatabaseTime;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The scan for schedule faults each minute, which Quartz, a killed worker or manual changes may leave: repairs them at
 * once instead of within the hour, and raises an alarm instead when the same fault returns repeatedly. Runs outside the
 * schedule and not as one of its jobs, which may be faulty themselves.
 */
public final class Scanner {
    private static final Logger log = LoggerFactory.getLogger(Scanner.class);

    /** Limit of faults per kind in one scan; the next scan finds the rest. */
    private static final int SEEN_MAX = 1_000;

    private final Database database;
    private final EventLog events;
    private final Sweep sweep;
    private final Watchlist watchlist;
    private final ScanTurn turn;
    private final ClockGate gate;
    private final String worker;

    /** @param worker named in events */
    public Scanner(
            Database database,
            EventLog events,
            Sweep sweep,
            Watchlist watchlist,
            ReconcileConfig config,
            InstantSource clock,
            String worker) {
        this.database = database;
        this.events = events;
        this.sweep = sweep;
        this.watchlist = watchlist;
        this.turn = new ScanTurn(database, events, config.scanInterval(), worker);
        this.gate = ClockGate.of(clock);
        this.worker = worker;
    }

    /**
     * Result of one scan.
     *
     * @param watched avatars that got a trigger, new ones included
     * @param repaired faults that were repaired
     * @param alarms newly found faults that return repeatedly
     */
    public record Report(int watched, int repaired, int alarms) {}

    /** Returns all current faults, each kind with at most {@value #SEEN_MAX}. */
    public List<Disorder> look() {
        Instant now = DatabaseTime.now(database);
        List<Disorder> found = new ArrayList<>(watchlist.disorders(now, SEEN_MAX));
        found.addAll(lost(database, SEEN_MAX));
        return found;
    }

    /** Returns monitored trainings without a trigger, at most {@code limit}. */
    public static List<Disorder> lost(Database database, int limit) {
        return database.readWhole(connection -> Unwatched.LOST.page(connection, null, limit)).stream()
                .map(Disorder::lost)
                .toList();
    }

    /** Returns trainings without a trigger that may be monitored, at most {@code limit}. */
    public static List<AvatarId> unmonitored(Database database, int limit) {
        return database.readWhole(connection -> Unwatched.UNDECIDED.page(connection, null, limit));
    }

    /**
     * Scans if the clock is right and this worker gets the lease, which one worker of the cluster gets per {@code
     * reconcile.scan-interval}.
     */
    public Optional<Report> runInTurn() {
        return gate.isOpen() && turn.take() ? Optional.of(run()) : Optional.empty();
    }

    /**
     * Scans now, by the database's clock.
     *
     * @throws avatarmonitor.store.ClockException when this process's clock is off
     * @throws avatarmonitor.store.StoreException when the database failed or an avatar could not be processed
     */
    public Report run() {
        Instant now = gate.require(database);
        Relapses relapses = Relapses.read(database, events, now);
        Map<String, Disorder> again = new LinkedHashMap<>();
        List<Disorder> wrong = new ArrayList<>();
        for (Disorder disorder : watchlist.disorders(now, SEEN_MAX)) {
            if (relapses.includes(disorder)) {
                again.put(disorder.subject(), disorder);
            } else {
                wrong.add(disorder);
            }
        }
        // Broken triggers of running trainings are replaced in one step; remaining faults are repaired one by one.
        Swept replaced = sweep.over(
                wrong.stream()
                        .filter(disorder -> disorder.kind() != Disorder.Kind.OVERDUE)
                        .map(Disorder::avatar)
                        .filter(Objects::nonNull)
                        .toList(),
                now);
        Mended mended = Mended.all(watchlist, wrong, now);
        Swept swept = sweep.unlessUnderWay(Unwatched.UNDECIDED, relapses.avatars(), now);
        for (AvatarId id : swept.passedOver()) {
            Disorder lost = Disorder.lost(id);
            again.putIfAbsent(lost.subject(), lost);
        }
        int alarms = 0;
        for (Disorder disorder : again.values()) {
            if (!relapses.alarmed(disorder)) {
                alarm(disorder, now);
                alarms++;
            }
        }
        replaced.requireComplete();
        mended.requireComplete();
        swept.requireComplete();
        Report report = new Report(
                replaced.watched() + swept.watched(), replaced.repaired() + mended.count() + swept.repaired(), alarms);
        if (report.watched() + report.repaired() + report.alarms() > 0) {
            log.info("scan done watched={} repaired={} alarms={}", report.watched(), report.repaired(), alarms);
        }
        return report;
    }

    private void alarm(Disorder disorder, Instant now) {
        log.error(
                "repair does not last, it is left to the hourly reconcile kind={} subject={} problem={} repairs={}",
                disorder.kind().word(),
                disorder.subject(),
                disorder.problem(),
                Relapses.REPAIRS_MAX);
        AvatarId avatar = disorder.avatar();
        database.inTransaction(connection -> {
            String request = avatar == null
                    ? null
                    : new WatchStore()
                            .find(connection, avatar)
                            .map(Watch::falRequestId)
                            .orElse(null);
            events.append(
                    connection, new Event(now, avatar, request, worker, EventType.REPAIR_RUNAWAY, disorder.detail()));
            return true;
        });
    }
}
