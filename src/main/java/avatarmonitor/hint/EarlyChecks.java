package avatarmonitor.hint;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.check.CheckOutcome;
import avatarmonitor.fal.FalRequestId;
import avatarmonitor.store.Database;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Checks avatars at once because a hint says that their request has ended, whether or not they are monitored: a window may be over, a late
 * success counts. The check asks fal's queue and writes as every check does, so that a copy, a late hint and a wrong one do no harm, and one
 * that is lost is replaced by the next regular check.
 */
public final class EarlyChecks {
    /** Requests that wait for their check; more are refused. */
    public static final int WAITING_MAX = 1_000;

    /** Checks at a time: many trainings may end together, and fal's rate limit holds anyway. */
    public static final int THREADS = 4;

    private static final Logger log = LoggerFactory.getLogger(EarlyChecks.class);

    private final Database database;
    private final AvatarStore avatars;
    private final Function<AvatarId, CheckOutcome> check;
    private final Hints hints;
    private final String worker;
    private final ThreadPoolExecutor threads;
    private final Set<FalRequestId> waiting = ConcurrentHashMap.newKeySet();

    /** @param check does one check of an avatar */
    public EarlyChecks(
            Database database,
            AvatarStore avatars,
            Function<AvatarId, CheckOutcome> check,
            Hints hints,
            String worker,
            int threads) {
        this.database = database;
        this.avatars = avatars;
        this.check = check;
        this.hints = hints;
        this.worker = worker;
        this.threads = new ThreadPoolExecutor(
                threads, threads, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING_MAX), work -> {
                    Thread made = new Thread(work, worker + "-hints");
                    made.setDaemon(true);
                    return made;
                });
        this.threads.allowCoreThreadTimeOut(true);
    }

    /** Has the avatars of a request checked. False when there is no room. One that waits already is checked once. */
    public boolean check(FalRequestId request, HintSource source) {
        if (!waiting.add(request)) {
            return true;
        }
        try {
            threads.execute(() -> checkAll(request, source));
            return true;
        } catch (RejectedExecutionException full) {
            waiting.remove(request);
            return false;
        }
    }

    private void checkAll(FalRequestId request, HintSource source) {
        // From here on a further hint means a further check: it may tell of something newer.
        waiting.remove(request);
        try (MDC.MDCCloseable ignored = MDC.putCloseable("worker", worker)) {
            List<AvatarId> found = database.read(connection -> avatars.training(connection, request.value()));
            log.info("hint of an end source={} request={} avatars={}", source, request, found.size());
            boolean first = false;
            boolean over = true;
            for (AvatarId id : found) {
                CheckOutcome outcome = check.apply(id);
                first |= outcome == CheckOutcome.COMPLETED || outcome == CheckOutcome.FAILED;
                over &= outcome.trainingEnded();
            }
            if (over) {
                hints.reported(request, source, first);
            }
        } catch (RuntimeException e) {
            log.warn(
                    "hint came to nothing, the next check replaces it source={} request={} error={}",
                    source,
                    request,
                    e.getMessage());
        }
    }

    /** Whether no check runs or waits. */
    boolean isIdle() {
        return threads.getTaskCount() == threads.getCompletedTaskCount();
    }

    /** Begins no check any more and drops those that wait; one that runs goes on. */
    public void stop() {
        threads.shutdown();
        threads.getQueue().clear();
    }

    /** Waits at most this long for the checks that run. */
    public void awaitEnd(Duration timeout) throws InterruptedException {
        boolean unused = threads.awaitTermination(Math.max(0, timeout.toMillis()), TimeUnit.MILLISECONDS);
    }
}
