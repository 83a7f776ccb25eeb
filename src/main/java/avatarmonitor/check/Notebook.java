package avatarmonitor.check;

import avatarmonitor.avatar.AvatarId;
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
 * Keeps what checks saw of trainings that go on, at most one observation of each avatar, and writes it in groups: one commit for hundreds of
 * checks. What is kept is lost when the process is killed; the next check of the avatar makes that good. While it is not running, which is
 * before the start and after the stop, everything is written at once.
 *
 * <p>When the database fails, observations are kept and written when it is back. While there is no room for more, checks wait for it, but
 * not for long; then theirs are dropped.
 */
public final class Notebook {
    /**
     * What bounds it.
     *
     * @param delay longest that an observation is kept while the database answers
     * @param group so many are written at once, without waiting for the delay to pass
     * @param kept most observations that are kept
     * @param room longest that a check waits for room
     * @param retry pause after a failure of the database
     * @param tries how often a locked row is tried
     */
    record Limits(Duration delay, int group, int kept, Duration room, Duration retry, int tries) {}

    static final Limits LIMITS =
            new Limits(Duration.ofMillis(400), 500, 10_000, Duration.ofSeconds(5), Duration.ofSeconds(1), 10);

    private static final Logger log = LoggerFactory.getLogger(Notebook.class);

    private final Observations store;
    private final Limits limits;
    private final KeptObservations kept;
    private final Thread thread;

    /** Held while something that is kept is written. */
    private final ReentrantLock pen = new ReentrantLock();

    private final AtomicLong dropped = new AtomicLong();

    /** Of the thread alone. */
    private boolean failing;

    /** Why nothing could be written at the last attempt; null when it could. */
    private volatile @Nullable String failure;

    Notebook(Observations store, String worker, Limits limits) {
        this.store = store;
        this.limits = limits;
        this.kept = new KeptObservations(limits.kept());
        this.thread = new Thread(
                () -> {
                    try (MDC.MDCCloseable ignored = MDC.putCloseable("worker", worker)) {
                        writeUntilStopped();
                    }
                },
                worker + "-notebook");
        thread.setDaemon(true);
    }

    /** From now on observations are kept and written in groups. May be called once. */
    public void start() {
        kept.open();
        thread.start();
    }

    /**
     * Writes what is kept, and from now on everything at once.
     *
     * @param patience how long to wait for that; what a failing database does not take is left to the next checks
     * @return whether all was written
     */
    public boolean stop(Duration patience) throws InterruptedException {
        kept.close();
        TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(1, patience.toNanos()));
        return kept.size() == 0;
    }

    /**
     * Takes an observation of an avatar that has a watch.
     *
     * @return false when another writer was faster: nothing will be written
     * @throws StoreException when it had to be written at once and the database failed
     */
    boolean note(Observation observation) {
        return switch (kept.offer(observation, limits.room())) {
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

    /** Why what checks saw cannot be written now; empty when it can, or when nothing is left to write. */
    public Optional<String> failure() {
        return kept.size() == 0 ? Optional.empty() : Optional.ofNullable(failure);
    }

    /** Whether an observation of this avatar is not written yet. */
    boolean keeps(AvatarId id) {
        return kept.find(id) != null;
    }

    /**
     * Writes what is kept about one avatar, so that a reader sees it now.
     *
     * @throws StoreException when the database failed; it is still kept then
     */
    void write(AvatarId id) {
        if (!keeps(id)) {
            return;
        }
        pen.lock();
        try {
            // It may have been written while this thread waited for the pen.
            Observation observation = kept.find(id);
            if (observation != null) {
                writeBeforeNextCheck(observation);
                kept.remove(List.of(observation));
            }
        } finally {
            pen.unlock();
        }
    }

    /**
     * What is refused must not keep the next check from being made, which may see the end of the training; nor must a row that is locked, and
     * no other avatar may wait for that row meanwhile.
     */
    private void writeBeforeNextCheck(Observation observation) {
        try {
            Observations.Written written = store.write(List.of(observation));
            log.debug(
                    "check noted before the next one begins busy={}",
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

    /** Writes the eldest; false when none of them could be written. */
    private boolean writeGroup() {
        pen.lock();
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
                log.error("checks not recorded by a defect of this program count={}", group.size(), e);
                kept.remove(group);
                return true;
            }
        } catch (Error e) {
            // Thrown on, it would end this thread, and with it the record of every check.
            log.error("checks not recorded by a defect or for want of memory", e);
            failing = true;
            return false;
        } finally {
            pen.unlock();
        }
    }

    /** False when not one of them came to an end. */
    private boolean settle(List<Observation> group, Written written) {
        List<Observation> ended =
                group.stream().filter(one -> !written.busy().contains(one.id())).toList();
        kept.remove(ended);
        long busy = group.stream()
                .filter(one -> written.busy().contains(one.id()))
                .filter(one -> kept.again(one, limits.tries()))
                .count();
        log.debug("checks noted written={} of={} busy={}", written.written().size(), group.size(), busy);
        long lost = dropped.getAndSet(0);
        if (failing || lost > 0) {
            log.info("checks are noted again kept={} dropped={}", kept.size(), lost);
        }
        failing = false;
        failure = null;
        return busy < group.size();
    }

    private void failed(StoreException e) {
        if (!failing) {
            log.atLevel(StoreException.logLevel(e))
                    .log(
                            "checks will be noted when the database is back kept={} error={}",
                            kept.size(),
                            e.getMessage());
        }
        failing = true;
        failure = e.sqlState().map(state -> "SQLState " + state).orElse("the database does not answer");
    }
}
