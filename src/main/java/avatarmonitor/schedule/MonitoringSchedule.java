package avatarmonitor.schedule;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.check.CheckOutcome;
import avatarmonitor.check.Eligibility;
import avatarmonitor.check.MonitorConfig;
import avatarmonitor.check.StatusCheck;
import avatarmonitor.check.Watch;
import avatarmonitor.check.WatchStore;
import avatarmonitor.event.Event;
import avatarmonitor.event.EventLog;
import avatarmonitor.event.EventType;
import avatarmonitor.reconcile.Disorder;
import avatarmonitor.reconcile.ReconcileConfig;
import avatarmonitor.reconcile.Reconciler;
import avatarmonitor.reconcile.Watchlist;
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
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.quartz.Job;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.TriggerKey;
import org.quartz.spi.OperableTrigger;
import org.quartz.spi.TriggerFiredBundle;

/** One persisted trigger for each watched avatar: makes them, ends them, and runs what they fire. */
public final class MonitoringSchedule implements Watchlist, AutoCloseable {
    private final Database database;
    private final AvatarStore avatars;
    private final WatchStore watches;
    private final EventLog events;
    private final AvatarTriggers triggers;
    private final ReconcileTriggers reconcileTriggers;
    private final ScheduleRepair repair;
    private final NewWatches newWatches;
    final QuartzNode node;
    private final InstantSource clock;
    private volatile CheckMeter meter = new SilentMeter();
    private volatile @Nullable MonitoringJobs jobs;

    /** From now on a check that cannot ask fal is left to other workers at once. */
    private volatile boolean leaving;

    /** Opens the schedule without starting it: triggers can be made and ended, nothing fires. */
    public MonitoringSchedule(
            Database database,
            AvatarStore avatars,
            WatchStore watches,
            EventLog events,
            MonitorConfig monitor,
            ReconcileConfig reconcile,
            ScheduleConfig config,
            InstantSource clock) {
        this.database = database;
        this.avatars = avatars;
        this.watches = watches;
        this.events = events;
        this.triggers = new AvatarTriggers(monitor);
        this.clock = clock;
        this.node = run(() -> Nodes.build(database, events, config, clock, this::newJob));
        this.reconcileTriggers = new ReconcileTriggers(node.scheduler(), reconcile);
        this.repair = new ScheduleRepair(database, events, node, reconcileTriggers);
        this.newWatches = new NewWatches(watches, events, repair, worker());
    }

    private Job newJob(TriggerFiredBundle bundle, Scheduler scheduler) {
        MonitoringJobs started = jobs;
        if (started == null) {
            throw new IllegalStateException(
                    "fired before it was started: " + bundle.getTrigger().getKey());
        }
        return started.newJob(bundle, scheduler);
    }

    /** Instance id of this member of the cluster, as in {@code QRTZ_SCHEDULER_STATE}; unique also among workers of one name. */
    public String worker() {
        return node.instanceId();
    }

    /**
     * Calls when this member of the cluster cannot go on and has to be stopped, because one of its threads died or its instance id is in use
     * elsewhere; at once when that has happened already. The log has said why.
     */
    public void whenDead(Runnable listener) {
        node.fatal().tell(listener);
    }

    /** Ends this member of the cluster, as when one of its threads had died: for those who see that it cannot go on. */
    public void endBecause(String reason) {
        node.fatal().because(reason);
    }

    /** Has each check told to the meter from now on. */
    public void meter(CheckMeter other) {
        meter = other;
    }

    CheckMeter meter() {
        return meter;
    }

    /** Whether due triggers are fired: it was started and has not begun to stop. */
    public boolean firing() {
        return !leaving
                && run(() -> node.scheduler().isStarted() && !node.scheduler().isInStandbyMode());
    }

    /** Has threads that wait for the time of a trigger look again: the clock was set, or a trigger that is due was stored. */
    public void lookAgain() {
        node.lookAgain();
    }

    /** Makes the next check of a monitored avatar due now. */
    public void checkNow(AvatarId id) {
        run(() -> node.stored().giveBack(AvatarTriggers.key(id)));
    }

    public boolean dead() {
        return node.fatal().happened();
    }

    /**
     * Begins to fire: due checks, the hourly reconcile, and one reconcile at once.
     *
     * @throws ScheduleException when the database failed, or another worker has this instance id
     */
    public void start(StatusCheck check, Reconciler reconciler) {
        MonitoringJobs made = new MonitoringJobs(check, reconciler, this);
        jobs = made;
        node.beforeStart(made::look);
        run(() -> {
            node.scheduler().addJob(AvatarTriggers.job(), true, true);
            reconcileTriggers.ensure(clock.instant());
            reconcileTriggers.runNow(worker(), clock.instant());
            Nodes.start(node);
            return true;
        });
    }

    @Override
    public List<Watched> watch(List<Avatar> wanted, Instant now) {
        return watch(wanted, now, triggers::trigger);
    }

    /** As {@link #watch}, with first checks that are due now. */
    public List<Watched> watchAtOnce(List<Avatar> wanted, Instant now) {
        return watch(wanted, now, triggers::dueNow);
    }

    private List<Watched> watch(List<Avatar> wanted, Instant now, BiFunction<AvatarId, Instant, OperableTrigger> made) {
        Map<TriggerKey, Avatar> byKey = new HashMap<>();
        List<OperableTrigger> missing = new ArrayList<>();
        for (Avatar avatar : wanted) {
            OperableTrigger trigger = made.apply(avatar.id(), now);
            byKey.put(trigger.getKey(), avatar);
            missing.add(trigger);
        }
        List<Watched> watched = new ArrayList<>();
        run(() -> new MissingTriggers(node.stored())
                .store(
                        missing,
                        AvatarTriggers.job(),
                        (connection, stored) -> watched.addAll(newWatches.begin(connection, stored, byKey, now))));
        return watched;
    }

    /**
     * Ends the watch of an avatar on an operator's word.
     *
     * @return false when nobody watched it
     */
    public boolean unwatch(AvatarId id) {
        Instant now = clock.instant();
        // First the decision: a trigger that goes while its watch is open counts as lost.
        database.inTransaction(connection -> {
            Optional<Watch> watch = watches.find(connection, id);
            boolean ended = watches.end(connection, id, null, WatchStore.Outcome.UNWATCHED, null, now);
            if (ended) {
                String request = watch.map(Watch::falRequestId).orElse(null);
                events.append(connection, new Event(now, id, request, worker(), EventType.UNWATCHED, new JsonObject()));
            }
            return ended;
        });
        return remove(AvatarTriggers.key(id));
    }

    /**
     * Does to the trigger what a check came to; whoever runs a check calls it. The avatar is committed before; a crash in between is
     * healed by the next fire.
     */
    public void settle(AvatarId id, CheckOutcome outcome) {
        if (outcome == CheckOutcome.STARTED_ANEW) {
            run(() -> node.scheduler().rescheduleJob(AvatarTriggers.key(id), triggers.trigger(id, clock.instant())));
        } else if (!outcome.keepsWatching()) {
            remove(AvatarTriggers.key(id));
            if (outcome.trainingEnded()) {
                watchIfRetrained(id);
            }
        } else if (outcome == CheckOutcome.WAITING && leaving) {
            run(() -> node.stored().giveBack(AvatarTriggers.key(id)));
        }
    }

    /** A retrain that came after the last look found the old trigger and made none; the old one has just been removed. */
    private void watchIfRetrained(AvatarId id) {
        Optional<Avatar> avatar = database.read(connection -> avatars.find(connection, id));
        Instant now = clock.instant();
        avatar.filter(a -> Eligibility.of(a, avatars.types(), now) instanceof Eligibility.Watchable)
                .ifPresent(retrained -> watch(List.of(retrained), now));
    }

    boolean remove(TriggerKey key) {
        return run(() -> node.scheduler().unscheduleJob(key));
    }

    @Override
    public List<Disorder> disorders(Instant now, int limit) {
        List<Disorder> found = Disorders.look(database, now, limit);
        // After an outage everything is overdue for a moment, until it has been moved to its next slots.
        return node.isSettled()
                ? found
                : found.stream()
                        .filter(disorder -> disorder.kind() != Disorder.Kind.OVERDUE)
                        .toList();
    }

    @Override
    public boolean mend(Disorder disorder, Instant now) {
        return run(() -> repair.mend(disorder, now));
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
     * Fires nothing more and waits for checks that run.
     *
     * @return whether all have ended
     */
    public boolean standby(Duration patience) throws InterruptedException {
        leaving = true;
        return node.standby(patience);
    }

    /**
     * Stops for good within the timeout and gives back to other workers whatever this one held.
     *
     * @return whether they have it; otherwise they take it when they notice that this one is gone
     */
    public boolean stop(Duration timeout) throws InterruptedException {
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
