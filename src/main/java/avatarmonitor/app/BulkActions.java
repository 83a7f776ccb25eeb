package avatarmonitor.app;

import avatarmonitor.app.Operator.Unmonitored;
import avatarmonitor.app.start.MonitoringStart;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.event.Actor;
import avatarmonitor.event.BulkAction;
import avatarmonitor.event.OperatorLog;
import avatarmonitor.event.OperatorLog.Outcome;
import avatarmonitor.inspect.AvatarSelection;
import avatarmonitor.schedule.DueChecks;
import avatarmonitor.schedule.MonitoringSchedule;
import avatarmonitor.store.Database;
import avatarmonitor.store.schema.AvatarSchema;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One action of an operator on many avatars, in batches, with an event for each avatar. It can be stopped between two
 * batches; then the remaining avatars are unchanged.
 *
 * <p>A check does not send its request from here: it makes the avatar's trigger due, and the workers send the requests
 * within their concurrency, the rate limit of the cluster and the pauses. So the caller needs no time for fal's
 * answers, and a caller that is killed leaves no request half done. Triggers become due no faster than the cluster can
 * check them: {@link #paced}. Avatars without a live trigger are checked one by one, in the operators' part of the rate
 * limit.
 */
public final class BulkActions {
    /** Maximum of avatars in one batch, that is, in one transaction. */
    static final int BATCH = 50;

    /** Maximum of ids read at once. */
    private static final int PAGE = 1_000;

    /** Interval of the batches of a bulk check. */
    static final Duration PACE = Duration.ofSeconds(1);

    /** Part of the rate limit that a bulk check uses while other checks use all of it. */
    static final double SHARE_WHEN_BUSY = 0.05;

    /** Timeout of a count or a page of ids of a command; that of the API is the one of its searches. */
    public static final Duration READ_MAX = Duration.ofSeconds(30);

    private final Database database;
    private final Supplier<AvatarSchema> schema;
    private final MonitoringSchedule schedule;
    private final MonitoringStart start;
    private final Operator operator;
    private final OperatorLog log;
    private final int requestsPerSecond;

    BulkActions(
            Database database,
            Supplier<AvatarSchema> schema,
            MonitoringSchedule schedule,
            MonitoringStart start,
            Operator operator,
            OperatorLog log) {
        this.database = database;
        this.schema = schema;
        this.schedule = schedule;
        this.start = start;
        this.operator = operator;
        this.log = log;
        this.requestsPerSecond = start.requestsPerSecond();
    }

    /**
     * Result for one avatar.
     *
     * @param done whether it was done, or had been done before
     * @param outcome one word, as in the event
     * @param reason a sentence without a full stop; null when there is none
     */
    public record Result(
            AvatarId avatar,
            boolean done,
            String outcome,
            @Nullable String reason) {
        /** Members of the JSON of the API and of {@code --json}. */
        public Map<String, @Nullable Object> members() {
            Map<String, @Nullable Object> members = new LinkedHashMap<>();
            members.put("avatar_id", avatar);
            members.put("outcome", outcome);
            members.put("reason", reason);
            return members;
        }
    }

    /** Decides between two batches whether to go on. */
    public interface Stop {
        /** Waits for at most this long, and returns whether to stop. */
        boolean within(Duration wait) throws InterruptedException;
    }

    /**
     * Acts on all avatars of a selection, in the order of their ids, each at most once. Avatars that enter the
     * selection meanwhile may be included.
     *
     * @param after begins behind this id; null for the first
     * @param receiver receives each result at once
     * @return the id to continue after; empty when no avatar is left
     * @throws avatarmonitor.store.StoreException when the database failed; what was received was done
     */
    public Optional<AvatarId> run(
            BulkAction action,
            AvatarSelection selection,
            @Nullable AvatarId after,
            Actor actor,
            Stop stop,
            Duration timeout,
            Consumer<Result> receiver)
            throws InterruptedException {
        AvatarId last = after;
        while (true) {
            List<AvatarId> page = selection.ids(database, schema.get(), last, PAGE, timeout);
            int done = run(action, page, actor, stop, receiver);
            if (done > 0) {
                last = page.get(done - 1);
            }
            if (done < page.size()) {
                return Optional.ofNullable(last);
            }
            if (page.size() < PAGE) {
                return Optional.empty();
            }
        }
    }

    /**
     * Acts on these avatars in this order.
     *
     * @param receiver receives each result at once
     * @return number of avatars that were acted on; fewer than given when stopped
     * @throws avatarmonitor.store.StoreException when the database failed; what was received was done
     */
    public int run(BulkAction action, List<AvatarId> ids, Actor actor, Stop stop, Consumer<Result> receiver)
            throws InterruptedException {
        int done = 0;
        while (done < ids.size()) {
            int size = action == BulkAction.CHECK ? paced() : action == BulkAction.CANCEL ? 1 : BATCH;
            List<AvatarId> batch = ids.subList(done, Math.min(ids.size(), done + size));
            if (stop.within(Duration.ZERO)) {
                return done;
            }
            long began = System.nanoTime();
            int acted = switch (action) {
                case CHECK -> check(batch, actor, stop, receiver);
                case MONITOR -> together("monitor", batch, this::monitored, actor, receiver);
                case UNMONITOR -> together("unmonitor", batch, this::unmonitored, actor, receiver);
                case CANCEL -> cancel(batch.get(0), actor, receiver);
            };
            done += acted;
            if (acted < batch.size()) {
                return done;
            }
            Duration pause = PACE.minusNanos(System.nanoTime() - began);
            if (action == BulkAction.CHECK && done < ids.size() && !pause.isNegative() && stop.within(pause)) {
                return done;
            }
        }
        return done;
    }

    /**
     * Returns how many checks may become due in the next second: as many as the rate limit permits beyond those that
     * are due already, and a small part of it while the workers are behind.
     */
    private int paced() {
        int waiting = database.read(connection -> DueChecks.waiting(connection, requestsPerSecond));
        return batch(requestsPerSecond, waiting);
    }

    static int batch(int requestsPerSecond, int waiting) {
        int least = Math.max(1, (int) (requestsPerSecond * SHARE_WHEN_BUSY));
        return Math.min(BATCH, Math.max(least, requestsPerSecond - waiting));
    }

    private int check(List<AvatarId> batch, Actor actor, Stop stop, Consumer<Result> receiver)
            throws InterruptedException {
        Set<AvatarId> live = database.read(connection -> DueChecks.live(connection, batch));
        List<AvatarId> monitored = batch.stream().filter(live::contains).toList();
        Map<AvatarId, Result> due = log.didAll(
                actor, "check", monitored, ids -> results(ids, schedule.checkNow(ids)), BulkActions::outcome);
        int done = 0;
        for (AvatarId id : batch) {
            Result result = due.get(id);
            if (result == null) {
                if (stop.within(Duration.ZERO)) {
                    break;
                }
                result = operator.checkUnlessPaused(id, actor);
            }
            receiver.accept(result);
            done++;
        }
        return done;
    }

    private static Map<AvatarId, Result> results(List<AvatarId> ids, Set<AvatarId> due) {
        Map<AvatarId, Result> results = new HashMap<>();
        for (AvatarId id : ids) {
            results.put(
                    id,
                    due.contains(id)
                            ? new Result(id, true, "due", null)
                            : new Result(id, false, "not_monitored", "its monitoring has just ended"));
        }
        return results;
    }

    private int together(
            String action,
            List<AvatarId> batch,
            Function<List<AvatarId>, Map<AvatarId, Result>> work,
            Actor actor,
            Consumer<Result> receiver) {
        log.didAll(actor, action, batch, work, BulkActions::outcome).values().forEach(receiver);
        return batch.size();
    }

    private Map<AvatarId, Result> monitored(List<AvatarId> ids) {
        MonitoringStart.Result started = start.start(ids);
        Map<AvatarId, Result> results = new LinkedHashMap<>();
        for (AvatarId id : ids) {
            String refusal = started.refused().get(id);
            Monitored answer = refusal != null
                    ? new Monitored.Refused(refusal)
                    : started.started().contains(id)
                            ? new Monitored.Started(null)
                            : new Monitored.AlreadyMonitored(null);
            results.put(id, result(id, refusal == null, answer.outcome()));
        }
        return results;
    }

    private Map<AvatarId, Result> unmonitored(List<AvatarId> ids) {
        Map<AvatarId, Result> results = new LinkedHashMap<>();
        for (AvatarId id : ids) {
            boolean monitored = schedule.unmonitor(id);
            results.put(id, result(id, monitored, new Unmonitored(monitored, false).logged()));
        }
        return results;
    }

    private int cancel(AvatarId id, Actor actor, Consumer<Result> receiver) {
        CancelOutcome outcome = operator.cancel(id, actor);
        receiver.accept(result(id, outcome.done(), outcome.logged()));
        return 1;
    }

    static Result result(AvatarId id, boolean done, Outcome outcome) {
        return new Result(id, done, outcome.word(), outcome.reason());
    }

    private static Outcome outcome(Result result) {
        return new Outcome(result.outcome(), result.reason());
    }
}
