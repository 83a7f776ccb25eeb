package avatarmonitor.hint;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.background.BoundedPool;
import avatarmonitor.check.StatusCheck;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.fal.FalClient;
import avatarmonitor.fal.FalRequestId;
import avatarmonitor.store.Database;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Work queue and thread pool of early checks. A hint that a request has ended triggers a check of its avatars in
 * TRAINING, monitored or not: their window may be over, and a late success still counts. The check queries fal's queue
 * and writes like every check, so duplicate, late and wrong hints are harmless, and the next regular check replaces a
 * lost hint. A hint whose check may send no request, because polling is paused or the rate limit is used up, is kept
 * until it may; one whose check brings no answer of fal is repeated a few times.
 */
public final class EarlyChecks {
    /** Capacity of the queue; further requests are refused. */
    public static final int WAITING_MAX = 1_000;

    /**
     * Maximum of concurrent checks, each of which sends one request at a time: many trainings may end together, and the
     * rate limit applies anyway.
     */
    public static final int THREADS = FalClient.HINTS_AT_ONCE;

    /** Interval at which kept hints are looked up: a table that is nearly always empty. */
    public static final Duration KEPT_PERIOD = Duration.ofSeconds(1);

    private static final Logger log = LoggerFactory.getLogger(EarlyChecks.class);

    private final Database database;
    private final AvatarStore avatars;
    private final Consumer<FalRequestId> forget;
    private final Function<AvatarId, StatusCheck.Result> check;
    private final Hints hints;
    private final String worker;
    private final BoundedPool threads;
    private final KeptHints kept;
    private final Set<FalRequestId> waiting = ConcurrentHashMap.newKeySet();
    private volatile boolean stopping;

    /**
     * Creates the work queue; starts no thread.
     *
     * @param forget removes cached answers about a request, which are older than the hint
     * @param check checks one avatar
     */
    public EarlyChecks(
            Database database,
            AvatarStore avatars,
            Consumer<FalRequestId> forget,
            Function<AvatarId, StatusCheck.Result> check,
            Hints hints,
            String worker,
            int threads) {
        this.database = database;
        this.avatars = avatars;
        this.forget = forget;
        this.check = check;
        this.hints = hints;
        this.worker = worker;
        this.kept = new KeptHints(database);
        this.threads = new BoundedPool(worker + "-hints", threads, WAITING_MAX);
    }

    /**
     * Queues a check of the avatars of a request. A request that is queued already is checked once.
     *
     * @return false when the queue is full
     */
    public boolean check(FalRequestId request, HintSource source) {
        return check(request, source, null);
    }

    /** Queues the checks of kept hints that are due, about trainings whose polling is not paused by an operator. */
    public void checkKept() {
        if (waiting.size() >= THREADS) {
            // Taken ones would wait behind these, where another worker takes them again.
            return;
        }
        for (KeptHints.Kept hint : kept.take()) {
            // A full queue leaves it to a later call.
            boolean unused = check(hint.request(), hint.source(), hint);
        }
    }

    private boolean check(FalRequestId request, HintSource source, KeptHints.@Nullable Kept before) {
        if (!waiting.add(request)) {
            return true;
        }
        boolean queued = threads.take(() -> checkAll(request, source, before));
        if (!queued) {
            waiting.remove(request);
        }
        return queued;
    }

    private void checkAll(FalRequestId request, HintSource source, KeptHints.@Nullable Kept before) {
        // From here on another hint queues another check: it may be about something newer.
        waiting.remove(request);
        try (MDC.MDCCloseable ignored = MDC.putCloseable("worker", worker)) {
            List<AvatarId> found = database.read(connection -> avatars.training(connection, request.value()));
            log.info("hint of an end source={} request={} avatars={}", source, request, found.size());
            if (stopping) {
                if (!found.isEmpty()) {
                    kept.keep(request, found.get(0), source);
                }
                return;
            }
            forget.accept(request);
            boolean first = false;
            boolean over = true;
            AvatarId held = null;
            AvatarId unanswered = null;
            for (AvatarId id : found) {
                StatusCheck.Result result = check.apply(id);
                CheckOutcome outcome = result.outcome();
                first |= outcome == CheckOutcome.COMPLETED || outcome == CheckOutcome.FAILED;
                over &= outcome.trainingEnded();
                held = outcome == CheckOutcome.PASSED || outcome == CheckOutcome.WAITING ? id : held;
                unanswered = result.mayEndSoon() || outcome == CheckOutcome.OVERTAKEN ? id : unanswered;
            }
            int failures = before == null ? 0 : before.failures();
            if (held != null) {
                kept.keep(request, held, source);
            } else if (unanswered != null && failures < KeptHints.REPEATS_MAX) {
                kept.repeat(request, unanswered, source, failures + 1);
            } else if (before != null) {
                kept.done(request);
            }
            if (over) {
                hints.reported(request, source, first);
            }
        } catch (RuntimeException e) {
            log.warn(
                    "check for a hint failed, the next check replaces it source={} request={} error={}",
                    source,
                    request,
                    e.getMessage());
        }
    }

    /** Returns whether no check runs or waits. */
    public boolean isIdle() {
        return threads.isIdle();
    }

    /** Starts no further check; hints that wait are kept for other workers. A running check continues. */
    public void stop() {
        stopping = true;
        threads.stop();
    }

    /** Waits for running checks and for hints to be kept, at most for the timeout. */
    public void awaitEnd(Duration timeout) throws InterruptedException {
        threads.awaitEnd(timeout);
        threads.discardWaiting();
    }
}
