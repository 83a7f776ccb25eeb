package avatarmonitor.check;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.background.DaemonThreads;
import avatarmonitor.check.Observations.Written;
import avatarmonitor.store.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Write-behind buffer for check results: at most one per avatar, flushed in groups with one commit for hundreds of
 * checks. A crash loses the buffer; the next check writes the state again. While it is not running, before the start
 * and after the stop, every result is written at once.
 *
 * <p>During a database failure results stay buffered and are flushed afterwards. While the buffer is full, checks wait
 * for a limited time; then their results are dropped.
 */
public final class ObservationBuffer {
    /**
     * Limits of the buffer.
     *
     * @param delay longest time that a result is buffered while the database answers
     * @param group number of results that causes a flush before the delay has passed
     * @param kept capacity
     * @param capacityWait longest wait of a check for capacity
     * @param retry pause after a database failure
     * @param tries maximum of attempts for a locked row
     */
    record Limits(Duration delay, int group, int kept, Duration capacityWait, Duration retry, int tries) {}

    static final Limits LIMITS =
            new Limits(Duration.ofMillis(400), 500, 10_000, Duration.ofSeconds(5), Duration.ofSeconds(1), 10);

    private static final Logger log = LoggerFactory.getLogger(ObservationBuffer.class);

    private final Observations store;
    private final Limits limits;
    private final PendingObservations kept;
    private final Thread thread;

    /** Flush lock: held while buffered results are written. */
    private final ReentrantLock flushLock = new ReentrantLock();

    private final AtomicLong dropped = new AtomicLong();

    /** Used by the flushing thread only. */
    private boolean failing;

    /** Error of the last flush; null when it succeeded. */
    private volatile @Nullable String failure;

    ObservationBuffer(Observations store, String worker, Limits limits) {
        this.store = store;
        this.limits = limits;
        this.kept = new PendingObservations(limits.kept());
        this.thread = DaemonThreads.thread(worker + "-observations", () -> {
            try (MDC.MDCCloseable ignored = MDC.putCloseable("worker", worker)) {
                writeUntilStopped();
            }
        });
    }

    /** Starts buffering. May be called once. */
    public void start() {
        kept.open();
        thread.start();
    }

    /**
     * Flushes the buffer, and writes all further results at once.
     *
     * @param timeout timeout of the flush; the next checks write what a failing database does not accept
     * @return whether everything was written
     */
    public boolean stop(Duration timeout) throws InterruptedException {
        kept.close();
        TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(1, timeout.toNanos()));
        return kept.size() == 0;
    }

    /**
     * Buffers the result of a monitored avatar.
     *
     * @return false when another writer was faster: nothing will be written
     * @throws StoreException when it had to be written at once and the database failed
     */
    boolean note(Observation observation) {
        return switch (kept.offer(observation, limits.capacityWait())) {
            case CLOSED -> store.write(observation);
            case KEPT -> true;
            case OVERTAKEN -> false;
            case FULL -> {
                if (dropped.getAndIncrement() == 0) {
                    log.warn(
                            "buffer of check results is full, dropping new ones until they can be written pending={}",
                            kept.size());
                }
                yield true;
            }
        };
    }

    /** Returns why results cannot be written now; empty when they can, or when the buffer is empty. */
    public Optional<String> failure() {
        return kept.size() == 0 ? Optional.empty() : Optional.ofNullable(failure);
    }

    /** Returns whether a result of this avatar is buffered. */
    boolean keeps(AvatarId id) {
        return kept.find(id) != null;
    }

    /**
     * Writes the buffered result of one avatar, so that a reader sees it now.
     *
     * @throws StoreException when the database failed; the result stays buffered then
     */
    void write(AvatarId id) {
        if (!keeps(id)) {
            return;
        }
        flushLock.lock();
        try {
            // It may have been written while this thread waited for the lock.
            Observation observation = kept.find(id);
            if (observation != null) {
                writeBeforeNextCheck(observation);
                kept.remove(List.of(observation));
            }
        } finally {
            flushLock.unlock();
        }
    }

    /**
     * Writes one result before the next check of the avatar. A refused write or a locked row must not prevent that
     * check, which may find the end of the training, nor make other avatars wait.
     */
    private void writeBeforeNextCheck(Observation observation) {
        try {
            Observations.Written written = store.write(List.of(observation));
            log.debug(
                    "buffered result written before the next check busy={}",
                    written.busy().size());
        } catch (StoreException e) {
            if (!e.refused()) {
                throw e;
            }
            log.warn("check not recorded avatar={} error={}", observation.id(), e.getMessage());
        }
    }

    private void writeUntilStopped() {
        boolean progress = true;
        while (kept.awaitGroup(
                failing ? limits.retry() : limits.delay(), progress ? limits.group() : Integer.MAX_VALUE)) {
            progress = writeGroup();
        }
        do {
            progress = writeGroup();
        } while (progress && kept.size() > 0);
    }

    /** Flushes the oldest group; returns false when none of it could be written. */
    private boolean writeGroup() {
        flushLock.lock();
        try {
            List<Observation> group = kept.eldest(limits.group());
            if (group.isEmpty()) {
                return true;
            }
            try {
                return settle(group, store.write(group));
            } catch (StoreException e) {
                failed(e);
                return false;
            } catch (RuntimeException e) {
                log.error("checks not recorded by an internal error count={}", group.size(), e);
                kept.remove(group);
                return true;
            }
        } catch (Error e) {
            // Rethrowing would end this thread, and with it the recording of all checks.
            log.error("checks not recorded by an internal error or lack of memory", e);
            failing = true;
            return false;
        } finally {
            flushLock.unlock();
        }
    }

    /** Removes written results; returns false when none was finished. */
    private boolean settle(List<Observation> group, Written written) {
        List<Observation> ended =
                group.stream().filter(one -> !written.busy().contains(one.id())).toList();
        kept.remove(ended);
        long busy = group.stream()
                .filter(one -> written.busy().contains(one.id()))
                .filter(one -> kept.again(one, limits.tries()))
                .count();
        log.debug(
                "check results written written={} of={} busy={}",
                written.written().size(),
                group.size(),
                busy);
        long lost = dropped.getAndSet(0);
        if (failing || lost > 0) {
            log.info("check results are written again pending={} dropped={}", kept.size(), lost);
        }
        failing = false;
        failure = null;
        return busy < group.size();
    }

    private void failed(StoreException e) {
        if (!failing) {
            log.atLevel(StoreException.logLevel(e))
                    .log(
                            "database unavailable, buffering check results pending={} error={}",
                            kept.size(),
                            e.getMessage());
        }
        failing = true;
        failure = e.sqlState().map(state -> "SQLState " + state).orElse("the database does not answer");
    }
}
