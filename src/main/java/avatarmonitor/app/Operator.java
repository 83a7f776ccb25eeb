package avatarmonitor.app;

import avatarmonitor.app.start.MonitoringStart;
import avatarmonitor.app.start.SqlRequests;
import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.check.Rejudge;
import avatarmonitor.check.StatusCheck;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.check.decision.Overrides;
import avatarmonitor.event.Actor;
import avatarmonitor.event.OperatorLog;
import avatarmonitor.event.OperatorLog.Outcome;
import avatarmonitor.fal.FalClient;
import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.pause.PollingPause;
import avatarmonitor.pause.PollingPauses;
import avatarmonitor.reconcile.Reconciler;
import avatarmonitor.schedule.MonitoringSchedule;
import avatarmonitor.store.Database;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Actions that an operator can request. */
public final class Operator {
    private static final Logger logger = LoggerFactory.getLogger(Operator.class);

    private final Database database;
    private final AvatarStore avatars;
    private final MonitoringSchedule schedule;
    private final StatusCheck check;
    private final StatusCheck checkUnlessPaused;
    private final StatusCheck checkForHints;
    private final MonitoringStart start;
    private final OperatorStart operatorStart;
    private final Cancellation cancellation;
    private final Reconciler reconciler;
    private final PollingPauses pauses;
    private final OperatorLog log;

    /** @param regular the check of workers */
    Operator(
            Database database,
            AvatarStore avatars,
            MonitoringSchedule schedule,
            FalClient fal,
            StatusCheck regular,
            MonitoringStart start,
            Cancellation cancellation,
            Reconciler reconciler,
            PollingPauses pauses,
            OperatorLog log) {
        this.database = database;
        this.avatars = avatars;
        this.schedule = schedule;
        this.check = regular.atOnce(fal.forOperator());
        this.checkUnlessPaused = regular.atOnce(fal.forOperatorUnlessPaused());
        this.checkForHints = regular.byHint(fal.forHints());
        this.start = start;
        this.operatorStart = new OperatorStart(database, avatars, schedule, start);
        this.cancellation = cancellation;
        this.reconciler = reconciler;
        this.pauses = pauses;
        this.log = log;
    }

    /** Actions on many avatars. */
    public BulkActions bulk() {
        return new BulkActions(database, avatars::schema, schedule, start, this, log);
    }

    /** Starts monitoring an avatar and changes settings of its training, also when it is monitored already. */
    public Monitored monitor(AvatarId id, Overrides.Change change, Actor actor) {
        return log.did(actor, "monitor", id, () -> operatorStart.monitor(id, change), Monitored::outcome);
    }

    /** Creates the executor of the calls of the SQL functions. */
    SqlRequests sqlRequests() {
        return new SqlRequests(database, schedule, start, this::startWith, log);
    }

    private Optional<String> startWith(AvatarId id, Overrides settings) {
        Monitored started = operatorStart.monitor(id, new Overrides.Change(false, settings));
        return started instanceof Monitored.Refused refused ? Optional.of(refused.reason()) : Optional.empty();
    }

    /**
     * Result of {@link #unmonitor}.
     *
     * @param monitored whether it was monitored
     * @param training whether the avatar is still in TRAINING, so that the next reconcile schedules it again
     */
    public record Unmonitored(boolean monitored, boolean training) {
        Outcome logged() {
            return new Outcome(monitored ? "unmonitored" : "not_monitored", null);
        }
    }

    /** Stops monitoring an avatar. */
    public Unmonitored unmonitor(AvatarId id, Actor actor) {
        return log.did(actor, "unmonitor", id, () -> unmonitor(id), Unmonitored::logged);
    }

    private Unmonitored unmonitor(AvatarId id) {
        boolean monitored = schedule.unmonitor(id);
        return new Unmonitored(monitored, find(id).filter(Avatar::isTraining).isPresent());
    }

    /**
     * Result of one check.
     *
     * @param heard fal's last answer in this check; null when no request was sent
     * @param avatar the row afterwards; null when there is none
     * @param paused the pause by an operator in spite of which it was checked; null when there is none
     */
    public record Checked(
            CheckOutcome outcome,
            @Nullable FalAnswer heard,
            @Nullable Avatar avatar,
            @Nullable PollingPause paused) {
        /** Returns whether a request was sent to fal. */
        boolean asked() {
            return heard != null && !(heard instanceof FalAnswer.Held);
        }

        /** Returns whether fal gave information about the training, or none was needed. */
        public boolean answered() {
            return FalAnswer.isInformation(heard) && outcome != CheckOutcome.GAVE_UP;
        }

        /** Returns whether the check was made, with its effect, or was not necessary. */
        public boolean done() {
            return answered() && outcome != CheckOutcome.WRITE_REFUSED;
        }

        Outcome logged() {
            return avatar == null
                    ? new Outcome("refused", MonitoringStart.NO_AVATAR)
                    : new Outcome(outcome.column(), null);
        }
    }

    /**
     * Checks once, now, whether or not the avatar is monitored, and updates its trigger like a worker. A pause by an
     * operator does not hold it: an operator asks for it.
     */
    public Checked check(AvatarId id, Actor actor) {
        return log.did(actor, "check", id, () -> checkNow(id, check), Checked::logged);
    }

    /** Like {@link #check(AvatarId, Actor)} as one of many: sends no request while an operator has paused polling. */
    BulkActions.Result checkUnlessPaused(AvatarId id, Actor actor) {
        return log.did(
                actor,
                "check",
                id,
                () -> {
                    PollingPause pause = pauseOf(id).orElse(null);
                    if (pause != null) {
                        return new BulkActions.Result(id, false, "paused", pause.words());
                    }
                    Checked checked = checkNow(id, checkUnlessPaused);
                    boolean done = checked.avatar() != null && checked.done();
                    return BulkActions.result(id, done, checked.logged());
                },
                result -> new Outcome(result.outcome(), result.reason()));
    }

    private Optional<PollingPause> pauseOf(AvatarId id) {
        return pauses.all().isEmpty() ? Optional.empty() : find(id).flatMap(avatar -> pauses.of(avatar.trainingType()));
    }

    /** Like {@link #check(AvatarId, Actor)} for a hint: sends no request while an operator has paused polling. */
    StatusCheck.Result checkByHint(AvatarId id) {
        if (pauseOf(id).isPresent()) {
            logger.info("hint is kept, polling is paused by an operator avatar={}", id);
            return new StatusCheck.Result(CheckOutcome.PASSED, null, null, false);
        }
        return settled(id, checkForHints);
    }

    private StatusCheck.Result settled(AvatarId id, StatusCheck how) {
        StatusCheck.Result result = how.run(id, false, null);
        // STARTED_ANEW gives an existing trigger a new window; without a trigger it changes nothing.
        schedule.settle(id, result.outcome());
        return result;
    }

    private Checked checkNow(AvatarId id, StatusCheck how) {
        StatusCheck.Result result = settled(id, how);
        Optional<Avatar> avatar = find(id);
        PollingPause pause =
                avatar.flatMap(found -> pauses.of(found.trainingType())).orElse(null);
        return new Checked(result.outcome(), result.answer(), avatar.orElse(null), pause);
    }

    /** Cancels the training of an avatar at fal; the avatar stays monitored until the training has ended. */
    public CancelOutcome cancel(AvatarId id, Actor actor) {
        return log.did(actor, "cancel", id, () -> cancellation.cancel(id, "operator"), CancelOutcome::logged);
    }

    /**
     * Pauses polling: workers send no requests to fal for the trainings until it is resumed or the time is over. A
     * pause in effect is changed.
     *
     * @param type training type in any letter case; null for all
     * @param length null for a pause that only an operator ends
     */
    public PollingPause pause(@Nullable String type, @Nullable String reason, @Nullable Duration length, Actor actor) {
        return log.did(
                actor,
                "pause",
                null,
                () -> pauses.pause(actor, type, reason, length),
                pause -> new Outcome("paused", pause.reason()));
    }

    /**
     * Ends pauses.
     *
     * @param type ends only the pause of this type; null ends all
     * @return the ended ones
     */
    public List<PollingPause> resume(@Nullable String type, Actor actor) {
        return log.did(
                actor,
                "resume",
                null,
                () -> pauses.resume(actor, type),
                ended -> new Outcome(ended.isEmpty() ? "not_paused" : "resumed", null));
    }

    /** The pauses in effect, as this process last read them. */
    public List<PollingPause> paused() {
        return pauses.all();
    }

    /** Evaluates the stored answer of fal about one avatar again. */
    public Rejudge.Verdict rejudge(AvatarId id, Actor actor) {
        return log.did(
                actor,
                "rejudge",
                id,
                () -> check.rejudge().judge(id),
                verdict -> new Outcome(verdict.word(), verdict.reason().isEmpty() ? null : verdict.reason()));
    }

    /**
     * Finds all stored answers without a usable model.
     *
     * @param type training type in any letter case; null for all
     * @param since older answers are left out
     * @param receiver receives each avatar at once, and may evaluate it by {@link #rejudge(AvatarId, Actor)}
     */
    public void rejudgeable(@Nullable String type, Instant since, Consumer<AvatarId> receiver) {
        check.rejudge().each(type, since, receiver);
    }

    /**
     * Runs a reconcile now.
     *
     * @param action name of the action in the event
     * @throws avatarmonitor.store.StoreException when some avatar or fault could not be processed; all others were
     */
    public Reconciler.Report reconcile(String action, Actor actor) {
        return log.did(actor, action, null, reconciler::run, report -> new Outcome("done", report.words()));
    }

    private Optional<Avatar> find(AvatarId id) {
        return database.read(connection -> avatars.find(connection, id));
    }
}
