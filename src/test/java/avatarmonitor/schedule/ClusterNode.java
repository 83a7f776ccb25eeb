package avatarmonitor.schedule;

import avatarmonitor.alert.DeliveryQueue;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.check.StatusCheck;
import avatarmonitor.check.decision.ModelRules;
import avatarmonitor.check.decision.MonitorConfig;
import avatarmonitor.check.decision.Rules;
import avatarmonitor.event.EventLog;
import avatarmonitor.event.EventWriter;
import avatarmonitor.fal.FalQueue;
import avatarmonitor.reconcile.ReconcileConfig;
import avatarmonitor.reconcile.ReconcileConfig.StalledAction;
import avatarmonitor.reconcile.Reconciler;
import avatarmonitor.reconcile.Reconciling;
import avatarmonitor.reconcile.Scanner;
import avatarmonitor.reconcile.ScheduleFault;
import avatarmonitor.reconcile.Sweep;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreConfig;
import avatarmonitor.store.clock.ClockGate;
import avatarmonitor.store.clock.DatabaseTime;
import avatarmonitor.testing.TestRules;
import avatarmonitor.testing.Types;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** The wired parts of one worker with its own pool, a test fal queue and a test clock. */
final class ClusterNode implements AutoCloseable {
    static final MonitorConfig MONITOR = new MonitorConfig(
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofHours(1),
            Duration.ofHours(24),
            5,
            Duration.ofMinutes(10));

    final Database database;
    final MonitoringSchedule schedule;
    final StatusCheck check;
    final Reconciler reconciler;
    final Scanner scanner;

    ClusterNode(StoreConfig store, FalQueue fal, InstantSource clock) {
        this(store, fal, clock, StalledAction.NONE);
    }

    ClusterNode(StoreConfig store, FalQueue fal, InstantSource clock, StalledAction stalledAction) {
        ReconcileConfig reconcile = Reconciling.config(stalledAction);
        ScheduleConfig config = new ScheduleConfig(
                "node", 8, Duration.ofSeconds(15), Duration.ofSeconds(1), ScheduleConfig.Firing.BATCH);
        database = Database.open(store);
        AvatarStore avatars = AvatarStore.read(database, Types.SHIPPED);
        EventLog log = new EventLog(database.dialect());
        EventWriter events = new EventWriter(database, log, clock, config.newInstanceId());
        schedule = new MonitoringSchedule(database, avatars, events, MONITOR, reconcile, config, clock);
        Rules rules = TestRules.of(
                Types.at("fal-ai/portrait", "fal-ai/style"),
                MONITOR.maxFailuresInRow(),
                MONITOR.notFoundGrace(),
                new ModelRules(Types.lengths(500, 255), false));
        check = new StatusCheck(database, avatars, events, fal, rules, MONITOR.window(), clock);
        Sweep sweep = new Sweep(
                database,
                avatars,
                events,
                schedule,
                reconcile,
                MONITOR.maxAge(),
                ClockGate.Unchecked.GATE,
                type -> false);
        reconciler = new Reconciler(
                database,
                events,
                List.of(log::prune, new DeliveryQueue(database.dialect())::prune),
                sweep,
                schedule,
                reconcile,
                (took, succeeded) -> {},
                clock,
                true);
        scanner = new Scanner(database, events, sweep, schedule, reconcile, clock);
    }

    void start() {
        schedule.startFiring(check, reconciler);
    }

    /** Returns all current faults, at most a thousand of each kind. */
    List<ScheduleFault> faults() {
        List<ScheduleFault> found = new ArrayList<>(schedule.faults(DatabaseTime.now(database), 1_000));
        found.addAll(Scanner.lost(database, 1_000));
        return found;
    }

    @Override
    public void close() throws InterruptedException {
        schedule.shutdown(Duration.ofSeconds(10));
        database.close();
    }
}
