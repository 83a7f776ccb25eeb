package avatarmonitor.check;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.check.decision.CheckState;
import avatarmonitor.check.decision.Decision;
import avatarmonitor.check.decision.Monitoring;
import avatarmonitor.check.decision.NextAction;
import avatarmonitor.check.decision.Rules;
import avatarmonitor.event.EventWriter;
import avatarmonitor.fal.FalQueue;
import avatarmonitor.fal.FalRequestId;
import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.store.Database;
import avatarmonitor.store.sql.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * One check of one avatar: reads the state, gets the next step from {@link Decision}, sends a request to fal or passes
 * the step to {@link ActionApplier}, until the check is over.
 */
public final class StatusCheck {
    private static final Logger log = LoggerFactory.getLogger(StatusCheck.class);

    /**
     * Duration from which a check is logged as slow: two requests to fal and three short transactions take far less.
     */
    private static final Duration SLOW = Duration.ofSeconds(10);

    /** Maximum of attempts in one check when the avatar changes concurrently. */
    private static final int ATTEMPTS_MAX = 3;

    private final Database database;
    private final AvatarStore avatars;
    private final FalQueue fal;
    private final Decision decision;
    private final ActionApplier effects;
    private final InstantSource clock;
    private final boolean atOnce;
    private volatile Consumer<String> ended = request -> {};

    /**
     * @param fal source of every answer that is not in the database
     * @param rules the settings on which decisions depend
     * @param window see {@link avatarmonitor.check.decision.MonitorConfig}
     */
    public StatusCheck(
            Database database,
            AvatarStore avatars,
            EventWriter events,
            FalQueue fal,
            Rules rules,
            Duration window,
            InstantSource clock) {
        this.database = database;
        this.avatars = avatars;
        this.fal = fal;
        this.decision = new Decision(rules);
        this.effects = new ActionApplier(database, avatars, events, window, clock);
        this.clock = clock;
        this.atOnce = false;
    }

    private StatusCheck(StatusCheck other, FalQueue fal, boolean counting) {
        this.database = other.database;
        this.avatars = other.avatars;
        this.fal = fal;
        this.decision = other.decision.withoutBackoff(counting);
        this.effects = other.effects;
        this.clock = other.clock;
        this.atOnce = true;
    }

    /**
     * Returns the same check for a caller that waits for it: uses this queue, and writes the result before it returns.
     */
    public StatusCheck atOnce(FalQueue queue) {
        return new StatusCheck(this, queue, true);
    }

    /** Like {@link #atOnce} for a check by a hint: any number of failures in a row counts as one. */
    public StatusCheck byHint(FalQueue queue) {
        return new StatusCheck(this, queue, false);
    }

    /** Write-behind buffer of check results; results are written at once until it is started. */
    public ObservationBuffer observations() {
        return effects.observations();
    }

    /** Returns the evaluation of stored answers by the rules of this check. */
    public Rejudge rejudge() {
        return new Rejudge(database, avatars, effects.ends(), decision.model(), fal, clock);
    }

    /** Sets a callback for each end of a training that the database refuses. */
    public void onWriteRefused(Runnable meter) {
        effects.ends().meter(meter);
    }

    /**
     * Sets a callback for the request id of each training whose success or failure a regular check wrote; it must
     * return soon and never throw.
     */
    public void onEnded(Consumer<String> listener) {
        ended = listener;
    }

    /**
     * State of an avatar in the database at some moment: enough to start a check.
     *
     * @param monitoring null when it was never monitored
     */
    public record Snapshot(Avatar avatar, @Nullable Monitoring monitoring) {
        /** Reads the state of one avatar; empty when there is no such row. */
        public static Optional<Snapshot> find(Connection connection, AvatarStore avatars, AvatarId id)
                throws SQLException {
            Monitoring monitoring = MonitoringStore.find(connection, id).orElse(null);
            return avatars.find(connection, id).map(avatar -> new Snapshot(avatar, monitoring));
        }
    }

    /**
     * Prefetches the state for checks of these avatars, on PostgreSQL in one statement for each {@link
     * CheckPrefetch#LOOK_MAX} of them.
     *
     * @return state by avatar; an avatar that is missing must be read by its own check
     */
    public Map<AvatarId, Snapshot> prefetch(Collection<AvatarId> ids) {
        // Skips avatars with a buffered result: their state would be outdated when the check starts.
        List<AvatarId> wanted =
                ids.stream().filter(id -> !observations().keeps(id)).distinct().toList();
        return prefetch(database, avatars, wanted);
    }

    /** Like {@link #prefetch(Collection)} for a caller that makes no checks; does not include buffered results. */
    public static Map<AvatarId, Snapshot> prefetch(Database database, AvatarStore avatars, List<AvatarId> ids) {
        if (database.dialect() != Dialect.POSTGRESQL || ids.isEmpty()) {
            return Map.of();
        }
        return avatars.withPresentColumns(
                database, () -> database.read(connection -> CheckPrefetch.read(connection, avatars, ids)));
    }

    /**
     * Result of a check.
     *
     * @param windowEndsAt end of the window that its last attempt read; null when the avatar was not monitored
     * @param answer fal's last answer about status or result; null when no such request was sent
     * @param mayEndSoon whether another check may soon find the end, see {@link NextAction.Observed#mayEndSoon}
     */
    public record Result(
            CheckOutcome outcome,
            @Nullable Instant windowEndsAt,
            @Nullable FalAnswer answer,
            boolean mayEndSoon) {}

    /** Like {@link #run} without prefetched state. */
    public CheckOutcome check(AvatarId id, boolean lastInWindow) {
        return run(id, lastInWindow, null).outcome();
    }

    /**
     * Checks an avatar once. Blocks for as long as fal may take to answer two requests, or a few more when the avatar
     * changes meanwhile.
     *
     * @param lastInWindow whether the window ends with this check
     * @param seen prefetched state from {@link #prefetch}; null to read it now
     */
    public Result run(AvatarId id, boolean lastInWindow, @Nullable Snapshot seen) {
        long started = System.nanoTime();
        try (MDC.MDCCloseable ignored = MDC.putCloseable("avatar", id.toString())) {
            Result result = avatars.withPresentColumns(database, () -> decide(id, lastInWindow, started, seen, null));
            for (int attempts = 1; attempts < ATTEMPTS_MAX && result.outcome == CheckOutcome.OVERTAKEN; attempts++) {
                // Reads the state written by the other writer.
                Result before = result;
                result = avatars.withPresentColumns(database, () -> decide(id, lastInWindow, started, null, before));
            }
            CheckOutcome outcome = result.outcome;
            Duration took = Duration.ofNanos(System.nanoTime() - started);
            if (took.compareTo(SLOW) >= 0) {
                log.warn("check was slow outcome={} took_ms={}", outcome, took.toMillis());
            } else {
                log.debug("check done outcome={} took_ms={}", outcome, took.toMillis());
            }
            return result;
        }
    }

    /** @param before result of the attempt before this one; null for the first */
    private Result decide(
            AvatarId id, boolean lastInWindow, long started, @Nullable Snapshot seen, @Nullable Result before) {
        Instant now = clock.instant();
        CheckState known = seen != null && !observations().keeps(id)
                ? CheckState.fromDatabase(seen.avatar(), seen.monitoring(), lastInWindow, now)
                : read(id, lastInWindow, now);
        if (before != null) {
            known = known.afterWindow(before.windowEndsAt);
        }
        Instant windowEndsAt = known.windowEndsAt();
        if (known.avatar() != null && known.avatar().isTraining()) {
            known = known.withKept(effects.ends().kept(id, known.avatar().falRequestId(), known.monitoring()));
        }
        boolean startedAnew = false;
        while (true) {
            NextAction step = decision.decide(known);
            if (step instanceof NextAction.AskStatus ask) {
                known = known.withStatus(ask.request(), fal.status(ask.request(), ask.withLogs()), ask.withLogs());
            } else if (step instanceof NextAction.AskResult ask) {
                known = known.withResult(fal.result(ask.request()));
            } else if (step instanceof NextAction.AskHistory ask) {
                known = known.withHistory(fal.history(ask.id(), ask.endpoints()));
            } else if (step instanceof NextAction.AskFiles ask) {
                known = known.withFiles(fal.files(ask.urls()));
            } else if (step instanceof NextAction.StartAnew anew) {
                effects.startAnew(id, anew, now);
                known = known.withNewMonitoring(Monitoring.unknown(anew.requestId(), now));
                startedAnew = true;
            } else {
                CheckedAvatar subject = new CheckedAvatar(id, known.avatar(), known.monitoring(), started);
                CheckOutcome outcome = effects.end(subject, (NextAction.End) step, known.lastInWindow(), atOnce);
                if (step instanceof NextAction.TrainingEnd) {
                    String requestId = subject.guard().falRequestId();
                    FalRequestId.parse(requestId).ifPresent(fal::forget);
                    if (outcome == CheckOutcome.COMPLETED || outcome == CheckOutcome.FAILED) {
                        ended.accept(requestId);
                    }
                }
                // Another check that was faster has started anew; the next attempt reads its state.
                boolean anew = startedAnew && outcome.keepsMonitoring() && outcome != CheckOutcome.OVERTAKEN;
                return new Result(
                        anew ? CheckOutcome.STARTED_ANEW : outcome,
                        windowEndsAt,
                        known.lastAnswer() == null && before != null ? before.answer : known.lastAnswer(),
                        step instanceof NextAction.KeepMonitoring keep
                                && keep.observed().mayEndSoon());
            }
        }
    }

    private CheckState read(AvatarId id, boolean lastInWindow, Instant now) {
        observations().write(id);
        return database.read(connection -> CheckState.fromDatabase(
                avatars.find(connection, id).orElse(null),
                MonitoringStore.find(connection, id).orElse(null),
                lastInWindow,
                now));
    }
}
