package avatarmonitor.reconcile;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.MonitoringStore;
import avatarmonitor.event.EventType;
import avatarmonitor.event.EventWriter;
import avatarmonitor.store.Database;
import avatarmonitor.store.clock.ClockGate;
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
    private final EventWriter events;
    private final Sweep sweep;
    private final MonitoringTriggers triggers;
    private final ScanLease turn;
    private final ClockGate gate;

    public Scanner(
            Database database,
            EventWriter events,
            Sweep sweep,
            MonitoringTriggers triggers,
            ReconcileConfig config,
            InstantSource clock) {
        this.database = database;
        this.events = events;
        this.sweep = sweep;
        this.triggers = triggers;
        this.turn = new ScanLease(database, events, config.scanInterval());
        this.gate = ClockGate.of(clock);
    }

    /**
     * Result of one scan.
     *
     * @param watched avatars that got a trigger, new ones included
     * @param repaired faults that were repaired
     * @param alarms newly found faults that return repeatedly
     */
    public record Report(int watched, int repaired, int alarms) {}

    /** Returns monitored trainings without a trigger, at most {@code limit}. */
    public static List<ScheduleFault> lost(Database database, int limit) {
        return database.readWhole(connection -> UnmonitoredKind.LOST.page(connection, null, limit)).stream()
                .map(ScheduleFault::lost)
                .toList();
    }

    /** Returns trainings without a trigger that may be monitored, at most {@code limit}. */
    public static List<AvatarId> unmonitored(Database database, int limit) {
        return database.readWhole(connection -> UnmonitoredKind.UNDECIDED.page(connection, null, limit));
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
        RepairLoopGuard repairLoopGuard = RepairLoopGuard.read(database, events.log(), now);
        Map<String, ScheduleFault> again = new LinkedHashMap<>();
        List<ScheduleFault> wrong = new ArrayList<>();
        for (ScheduleFault fault : gate.read(database, () -> triggers.faults(now, SEEN_MAX))) {
            if (repairLoopGuard.includes(fault)) {
                again.put(fault.subject(), fault);
            } else {
                wrong.add(fault);
            }
        }
        // Broken triggers of running trainings are replaced in one step; remaining faults are repaired one by one.
        SweepResult done = sweep.over(
                wrong.stream()
                        .filter(fault -> fault.kind() != ScheduleFault.Kind.OVERDUE)
                        .map(ScheduleFault::avatar)
                        .filter(Objects::nonNull)
                        .toList(),
                now);
        done.repair(triggers, wrong, now);
        done.add(sweep.unlessUnderWay(UnmonitoredKind.UNDECIDED, repairLoopGuard.avatars(), now));
        for (AvatarId id : done.passedOver) {
            // Not reported: an ended window is no fault. The loop guard excluded it here, so the hourly run schedules
            // it.
            if (database.read(connection -> MonitoringStore.find(connection, id))
                    .filter(monitoring -> monitoring.outcome() != null)
                    .isEmpty()) {
                ScheduleFault lost = ScheduleFault.lost(id);
                again.putIfAbsent(lost.subject(), lost);
            }
        }
        int alarms = 0;
        for (ScheduleFault fault : again.values()) {
            if (!repairLoopGuard.alarmed(fault)) {
                alarm(fault, now);
                alarms++;
            }
        }
        done.requireComplete();
        Report report = new Report(done.watched, done.repaired, alarms);
        if (report.watched() + report.repaired() + report.alarms() > 0) {
            log.info("scan done started={} repaired={} alarms={}", report.watched(), report.repaired(), alarms);
        }
        return report;
    }

    private void alarm(ScheduleFault fault, Instant now) {
        log.error(
                "repair does not last, it is left to the hourly reconcile kind={} subject={} problem={} repairs={}",
                fault.kind().word(),
                fault.subject(),
                fault.problem(),
                RepairLoopGuard.REPAIRS_MAX);
        database.inTransaction(connection -> {
            String request = MonitoringStore.requestOf(connection, fault.avatar());
            events.append(connection, now, fault.avatar(), request, EventType.REPAIR_RUNAWAY, fault.detail());
            return true;
        });
    }
}
