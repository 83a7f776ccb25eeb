package avatarmonitor.schedule;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.check.MonitoringStore;
import avatarmonitor.check.OverrideStore;
import avatarmonitor.check.StatusCheck;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.check.decision.Eligibility;
import avatarmonitor.check.decision.MonitorConfig;
import avatarmonitor.check.decision.Overrides;
import avatarmonitor.event.EventType;
import avatarmonitor.event.EventWriter;
import avatarmonitor.reconcile.MonitoringTriggers;
import avatarmonitor.reconcile.ReconcileConfig;
import avatarmonitor.reconcile.Reconciler;
import avatarmonitor.reconcile.ScheduleFault;
import avatarmonitor.schedule.quartz.QuartzNode;
import avatarmonitor.store.Database;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.quartz.Job;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.TriggerKey;
import org.quartz.spi.TriggerFiredBundle;

/** One persisted trigger per monitored avatar: manages these triggers and runs the checks that they fire. */
public final class MonitoringSchedule implements MonitoringTriggers, AutoCloseable {
    private final Database database;
    private final AvatarStore avatars;
    private final EventWriter events;
    private final AvatarTriggers triggers;
    private final ReconcileTriggers reconcileTriggers;
    private final ScheduleRepair repair;
    private final NewMonitorings newMonitorings;
    private final OverrideWriter overrides;
    final QuartzNode node;
    private final InstantSource clock;
    private volatile CheckMeter meter = new CheckMeter() {};
    private volatile @Nullable MonitoringJobs jobs;

    /** Whether a check that cannot send requests to fal is released to other workers at once: when stopping. */
    private volatile boolean leaving;

    /**
     * Opens the schedule without starting it: triggers can be created and removed, nothing fires.
     *
     * @param events of this member of the cluster, see {@link ScheduleConfig#newInstanceId}
     */
    public MonitoringSchedule(
            Database database,
            AvatarStore avatars,
            EventWriter events,
            MonitorConfig monitor,
            ReconcileConfig reconcile,
            ScheduleConfig config,
            InstantSource clock) {
        this.database = database;
        this.avatars = avatars;
        this.events = events;
        this.triggers = new AvatarTriggers(monitor);
        this.clock = clock;
        this.node = run(() -> Nodes.build(database, events, config, clock, this::newJob));
        this.reconcileTriggers = new ReconcileTriggers(node.scheduler(), reconcile);
        this.repair = new ScheduleRepair(database, events, node, reconcileTriggers);
        this.newMonitorings = new NewMonitorings(events, repair);
        this.overrides = new OverrideWriter(node.stored(), triggers, events);
    }

    private Job newJob(TriggerFiredBundle bundle, Scheduler scheduler) {
        MonitoringJobs started = jobs;
        if (started == null) {
            throw new IllegalStateException(
                    "fired before it was started: " + bundle.getTrigger().getKey());
        }
        return started.newJob(bundle, scheduler);
    }

    /** Instance id in the cluster, as in {@code QRTZ_SCHEDULER_STATE}; unique even among workers with the same name. */
    public String worker() {
        return node.instanceId();
    }

    /**
     * Sets the listener for a fatal error, which has to stop this member of the cluster: a thread died, or the instance
     * id is in use elsewhere. Called at once when it has already happened; the log has the reason.
     */
    public void onFatalError(Runnable listener) {
        node.fatal().tell(listener);
    }

    /** Reports a fatal error, which ends this member of the cluster as if one of its threads had died. */
    public void failFatally(String reason) {
        node.fatal().because(reason);
    }

    /** Sets the receiver of metrics of checks. */
    public void meter(CheckMeter other) {
        meter = other;
    }

    CheckMeter meter() {
        return meter;
    }

    /** Returns whether due triggers are fired: started and not stopping. */
    public boolean firing() {
        return !leaving
                && run(() -> node.scheduler().isStarted() && !node.scheduler().isInStandbyMode());
    }

    /** Wakes threads that wait for the time of a trigger: the clock was set, or a due trigger was stored. */
    public void wakeScheduler() {
        node.wakeScheduler();
    }

    /**
     * Makes checks due now, also during a backoff. Returns the avatars that have a live trigger; others are unchanged.
     */
    public Set<AvatarId> checkNow(List<AvatarId> ids) {
        return run(() -> DueChecks.ask(database, node.stored(), ids));
    }

    public boolean hasFailed() {
        return node.fatal().happened();
    }

    /**
     * Starts firing: due checks, the hourly reconcile, and one reconcile at once.
     *
     * @throws ScheduleException when the database failed, or another worker has this instance id
     */
    public void startFiring(StatusCheck check, Reconciler reconciler) {
        MonitoringJobs made = new MonitoringJobs(check, reconciler, this);
        jobs = made;
        node.beforeStart(made::prefetch);
        run(() -> {
            node.scheduler().addJob(AvatarTriggers.job(), true, true);
            reconcileTriggers.ensure(clock.instant());
            reconcileTriggers.runNow(worker(), clock.instant());
            Nodes.start(node);
            return true;
        });
    }

    @Override
    public List<StartedAvatar> monitor(List<Avatar> wanted, Instant now) {
        return monitor(wanted, now, false);
    }

    /** As {@link #monitor}, with first checks due now. */
    public List<StartedAvatar> monitorAtOnce(List<Avatar> wanted, Instant now) {
        return monitor(wanted, now, true);
    }

    private List<StartedAvatar> monitor(List<Avatar> wanted, Instant now, boolean atOnce) {
        var missing = triggers.all(wanted, OverrideStore.of(database, wanted), now, atOnce);
        Map<TriggerKey, Avatar> byKey = new HashMap<>();
        wanted.forEach(avatar -> byKey.put(AvatarTriggers.key(avatar.id()), avatar));
        List<StartedAvatar> watched = new ArrayList<>();
        MissingTriggers.Together begin =
                (connection, stored) -> watched.addAll(newMonitorings.begin(connection, stored, byKey, now));
        run(() -> new MissingTriggers(node.stored()).store(missing, AvatarTriggers.job(), begin));
        return watched;
    }

    /** Changes overrides; a live trigger is replaced by one that is due now. */
    public Overridden override(AvatarId id, String requestId, Overrides.Change change) {
        return run(() -> overrides.apply(id, requestId, change, clock.instant()));
    }

    /** Stops monitoring an avatar on request of an operator; returns false when it was not monitored. */
    public boolean unmonitor(AvatarId id) {
        Instant now = clock.instant();
        // First the decision: a trigger that disappears while monitoring is open counts as lost.
        boolean monitored = database.inTransaction(connection -> {
            String request = MonitoringStore.requestOf(connection, id);
            boolean ended = MonitoringStore.end(connection, id, null, MonitoringStore.Outcome.UNWATCHED, null, now);
            if (ended) {
                events.append(connection, now, id, request, EventType.UNWATCHED, new JsonObject());
            }
            return ended;
        });
        return remove(AvatarTriggers.key(id)) || monitored;
    }

    /**
     * Updates the trigger after a check; every caller of a check must call this. The avatar is committed before; after
     * a crash in between, the next fire repeats it.
     */
    public void settle(AvatarId id, CheckOutcome outcome) {
        if (outcome == CheckOutcome.STARTED_ANEW) {
            run(() -> node.scheduler().rescheduleJob(AvatarTriggers.key(id), triggers.trigger(id, clock.instant())));
        } else if (!outcome.keepsMonitoring()) {
            remove(AvatarTriggers.key(id));
            if (outcome.trainingEnded()) {
                monitorIfRetrained(id);
            }
        } else if (outcome == CheckOutcome.WAITING && leaving) {
            run(() -> node.stored().makeDueNow(AvatarTriggers.key(id)));
        }
    }

    /** Handles a retraining after the check read the row: reconcile created no trigger beside the old one. */
    private void monitorIfRetrained(AvatarId id) {
        Instant now = clock.instant();
        database.read(connection -> avatars.find(connection, id))
                .filter(a -> Eligibility.of(a, avatars.types(), now) instanceof Eligibility.Eligible)
                .ifPresent(retrained -> monitor(List.of(retrained), now));
    }

    boolean remove(TriggerKey key) {
        return run(() -> node.scheduler().unscheduleJob(key));
    }

    @Override
    public List<ScheduleFault> faults(Instant now, int limit) {
        List<ScheduleFault> found = ScheduleFaults.find(database, now, limit);
        // After an outage everything is overdue until misfire recovery has moved it to its next slots.
        return node.isSettled()
                ? found
                : found.stream()
                        .filter(fault -> fault.kind() != ScheduleFault.Kind.OVERDUE)
                        .toList();
    }

    @Override
    public boolean repair(ScheduleFault fault, Instant now) {
        return run(() -> repair.repair(fault, now));
    }

    void armRetry() {
        run(() -> {
            reconcileTriggers.armRetry(clock.instant());
            return true;
        });
    }

    void disarmRetry() {
        run(() -> {
            reconcileTriggers.disarmRetry();
            return true;
        });
    }

    /**
     * Fires nothing more and waits for running checks.
     *
     * @return whether all have ended
     */
    public boolean standby(Duration timeout) throws InterruptedException {
        leaving = true;
        return node.standby(timeout);
    }

    /**
     * Stops for good within the timeout and releases all firings to other workers.
     *
     * @return whether they were released; otherwise the others recover them after detecting that this one is gone
     */
    public boolean shutdown(Duration timeout) throws InterruptedException {
        node.stop(timeout);
        return node.left();
    }

    @Override
    public void close() {
        run(() -> {
            node.scheduler().shutdown(false);
            return true;
        });
    }

    private interface SchedulerCall<T> {
        T call() throws SchedulerException;
    }

    private static <T> T run(SchedulerCall<T> call) {
        try {
            return call.call();
        } catch (SchedulerException e) {
            throw new ScheduleException(e);
        }
    }
}
