package avatarmonitor.app;

import avatarmonitor.alert.DeliveryQueue;
import avatarmonitor.app.limit.ClusterPause;
import avatarmonitor.app.limit.Stretch;
import avatarmonitor.app.start.MonitoringStart;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.avatar.TrainingTypeRegistry;
import avatarmonitor.check.AnswerStore;
import avatarmonitor.check.CheckHistory;
import avatarmonitor.check.EndedMonitorings;
import avatarmonitor.check.StatusCheck;
import avatarmonitor.check.decision.ModelRules;
import avatarmonitor.check.decision.RequestIntervals;
import avatarmonitor.check.decision.Rules;
import avatarmonitor.config.Settings;
import avatarmonitor.event.EventLog;
import avatarmonitor.event.EventWriter;
import avatarmonitor.event.OperatorLog;
import avatarmonitor.fal.EndpointListener;
import avatarmonitor.fal.FalClient;
import avatarmonitor.fal.limit.FalPauseListener;
import avatarmonitor.hint.Hints;
import avatarmonitor.hint.PlatformApiTable;
import avatarmonitor.observe.HourlyLoad;
import avatarmonitor.observe.Meters;
import avatarmonitor.pause.PollingPauses;
import avatarmonitor.reconcile.Reconciler;
import avatarmonitor.reconcile.Scanner;
import avatarmonitor.reconcile.Sweep;
import avatarmonitor.schedule.MonitoringSchedule;
import avatarmonitor.schedule.ScheduleConfig;
import avatarmonitor.store.ConnectionBudget;
import avatarmonitor.store.Database;
import avatarmonitor.store.clock.ClockGate;
import avatarmonitor.store.clock.ClockOffset;
import avatarmonitor.store.clock.ClockSkewDetector;
import avatarmonitor.store.migration.Migrations;
import avatarmonitor.store.migration.OwnRights;
import avatarmonitor.store.schema.AvatarRights;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Composition root: creates and wires all parts. A worker runs it, a command uses what it needs of it. Opening connects
 * to the database; it fires no checks and sends no requests to fal.
 */
public final class Monitor implements AutoCloseable {
    private final Meters meters = new Meters();
    private final Database database;
    private final AvatarStore avatars;
    final EventWriter events;
    private final MonitoringSchedule schedule;
    private final FalClient fal;
    private final @Nullable PauseEvents pauseEvents;
    final TrainingTypeRegistry types;
    final Hints hints;
    final PlatformApiTable history;
    private final StatusCheck check;
    private final PollingPauses operatorPauses;
    private final Reconciler reconciler;
    private final Scanner scanner;
    private final OperatorLog actions;
    final MonitoringStart start;

    /** Cancels abandoned trainings at fal; does nothing when no cause is configured. */
    final CancelOn cancelOn;

    private final Operator operator;
    final Stretch stretch = new Stretch();

    /** The clock of all parts; guarded in a worker. */
    final InstantSource clock;

    /**
     * @param worker whether it is a worker, which writes events about its polling pauses; the pauses of a command's
     *     key do not concern others
     */
    private Monitor(Database database, Settings settings, InstantSource clock, boolean worker) {
        this.database = database;
        this.clock = clock;
        avatars = AvatarStore.read(database, settings.trainings());
        types = new TrainingTypeRegistry(
                database, settings.trainings(), settings.monitor().maxAge(), clock);
        if (worker) {
            types.write();
        } else {
            types.read();
        }
        ScheduleConfig member =
                worker ? settings.schedule() : settings.schedule().ofCommand();
        EventLog log = new EventLog(database.dialect(), meters::happened);
        events = new EventWriter(database, log, clock, member.newInstanceId());
        schedule = new MonitoringSchedule(
                database, avatars, events, settings.monitor(), settings.reconcile(), member, clock);
        hints = new Hints(database, meters, clock);
        history = new PlatformApiTable(database, avatars, events);
        operatorPauses = OperatorPauses.open(database, events, meters);
        pauseEvents = worker
                ? new PauseEvents(events, history, EndpointKeys.of(settings.trainings()), types::wasEndpoint, clock)
                : null;
        Database forChecks = database.share(settings.store().forChecks());
        fal = FalClient.open(
                settings.fal(),
                settings.egress().fal(),
                settings.schedule().concurrency(),
                ClusterPause.limits(forChecks, settings.fal(), events.worker(), operatorPauses::isPaused),
                clock,
                // The log and the output of a command report them.
                pauseEvents == null ? new FalPauseListener() {} : pauseEvents,
                pauseEvents == null ? new EndpointListener() {} : pauseEvents);
        meters.flag(
                "fal_paused",
                "1 while this worker asks fal nothing, because it refused the key or wants a pause",
                () -> fal.paused().isPresent());
        fal.meter(meters);
        fal.meterHistory(meters::askedHistory);
        schedule.meter(meters);
        database.meter(meters.registry());
        ModelRules model = new ModelRules(
                column -> avatars.schema().length(column), settings.fal().isLocal());
        RequestIntervals intervals =
                RequestIntervals.of(settings.monitor(), hints::proven, stretch, operatorPauses::isPaused);
        Rules rules = Rules.of(settings.monitor(), settings.trainings(), model, types::otherEndpoints, intervals);
        check = new StatusCheck(
                forChecks, avatars, events, fal, rules, settings.monitor().window(), clock);
        check.onWriteRefused(meters::writeRefused);
        Sweep sweep = new Sweep(
                database,
                avatars,
                events,
                schedule,
                settings.reconcile(),
                settings.monitor().maxAge(),
                ClockGate.of(clock),
                operatorPauses::isPaused);
        reconciler = new Reconciler(
                database,
                events,
                List.of(
                        log::prune,
                        CheckHistory::prune,
                        AnswerStore::prune,
                        EndedMonitorings::prune,
                        HourlyLoad::prune,
                        new DeliveryQueue(database.dialect())::prune),
                sweep,
                schedule,
                settings.reconcile(),
                meters,
                clock,
                worker);
        scanner = new Scanner(database, events, sweep, schedule, settings.reconcile(), clock);
        actions = new OperatorLog(database, log, clock, events.worker());
        Cancellation cancellation = new Cancellation(database, avatars, schedule, fal, rules, events, clock);
        cancelOn = new CancelOn(database, cancellation, operatorPauses, settings.cancelOn());
        start = MonitoringStart.of(settings, database, avatars, schedule, clock);
        operator = new Operator(
                database, avatars, schedule, fal, check, start, cancellation, reconciler, operatorPauses, actions);
    }

    /**
     * Connects, checks the privileges on the application's table, migrates and wires.
     *
     * @throws avatarmonitor.store.StoreException when the database cannot be used; the message says what to do
     */
    public static Monitor open(Settings settings, InstantSource clock) {
        return wired(
                Database.open(settings.store()),
                database -> {
                    ConnectionBudget.require(database, settings.store());
                    AvatarRights.require(database, settings.trainings().requiredColumns());
                    Migrations.run(database);
                    OwnRights.require(database);
                },
                settings,
                database -> ClockSkewDetector.of(database, clock),
                true);
    }

    /**
     * Connects to an existing database and wires, without creating or changing database or schema. For commands.
     *
     * @throws avatarmonitor.store.StoreException as {@link #open}, when there is no database or its schema is not
     *     up to date, and when the clocks of this machine and of the database differ too much, so that a command would
     *     write wrong times
     */
    public static Monitor openExisting(Settings settings, InstantSource clock) {
        return wired(
                Database.openExisting(settings.store()),
                database -> {
                    Migrations.requireRun(database);
                    ClockOffset.measure(database, clock).requireSmall();
                },
                settings,
                database -> clock,
                false);
    }

    private static Monitor wired(
            Database database,
            Consumer<Database> prepare,
            Settings settings,
            Function<Database, InstantSource> clock,
            boolean worker) {
        try {
            prepare.accept(database);
            return new Monitor(database, settings, clock.apply(database), worker);
        } catch (Throwable e) {
            database.close();
            throw e;
        }
    }

    public Meters meters() {
        return meters;
    }

    public Database database() {
        return database;
    }

    public AvatarStore avatars() {
        return avatars;
    }

    public MonitoringSchedule schedule() {
        return schedule;
    }

    public FalClient fal() {
        return fal;
    }

    /** Ends an expired polling pause, and in a worker writes events that could not be written before. */
    void expirePause() {
        fal.expirePause();
        if (pauseEvents != null) {
            pauseEvents.write();
        }
    }

    public StatusCheck check() {
        return check;
    }

    public Reconciler reconciler() {
        return reconciler;
    }

    public PollingPauses operatorPauses() {
        return operatorPauses;
    }

    public Scanner scanner() {
        return scanner;
    }

    public Operator operator() {
        return operator;
    }

    /** Log of operators' actions outside of {@link Operator}. */
    public OperatorLog actions() {
        return actions;
    }

    @Override
    public void close() {
        fal.close();
        schedule.close();
        database.close();
        meters.close();
    }
}
