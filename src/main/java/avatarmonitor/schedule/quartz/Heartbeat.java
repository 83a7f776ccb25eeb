package avatarmonitor.schedule.quartz;

import avatarmonitor.background.DaemonThreads;
import avatarmonitor.schedule.quartz.thread.StopSignal;
import avatarmonitor.store.DatabaseOutage;
import avatarmonitor.store.clock.ClockGate;
import avatarmonitor.store.clock.ClockSkewDetector;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.quartz.JobPersistenceException;
import org.quartz.impl.jdbcjobstore.SchedulerStateRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Heartbeat of one member of the cluster: its check-ins, with retries. A peer is considered dead by this worker's
 * observation and not by any wall clock ({@link PeerFailureDetector}); a worker whose id is used by another process
 * stops ({@link DuplicateInstanceDetector}); the end of a database outage writes an event ({@link
 * DatabaseOutageDetector}).
 */
final class Heartbeat {
    private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);

    /**
     * Maximum of attempts per check-in, and time after the first failure within which attempts are repeated without a
     * pause.
     */
    private static final int CHECK_IN_ATTEMPTS = 5;

    private static final Duration ATTEMPTS_WITHIN = Duration.ofSeconds(1);

    private final PeerFailureDetector peers = new PeerFailureDetector();
    private final DuplicateInstanceDetector own = new DuplicateInstanceDetector();
    final DatabaseOutageDetector reach = new DatabaseOutageDetector(System.nanoTime());
    private final ScheduledThreadPoolExecutor ticks;
    private final String instanceId;
    private final Duration interval;
    private final InstantSource clock;
    private final ClockGate gate;
    private final DatabaseOutage outage;
    private final StopSignal stop;
    private final Back back;
    private final Runnable duplicateFound;

    /** Writes the end of an outage to the event log, in a separate transaction. */
    interface Back {
        void tell(Duration away) throws JobPersistenceException;
    }

    /**
     * Creates the heartbeat of one node.
     *
     * @param duplicateFound called when another process checks in under this id: the owner of the rows is unknown,
     *     so this node has to end
     */
    Heartbeat(NodeParts node, Duration interval, StopSignal stop, Back back, Runnable duplicateFound) {
        this.instanceId = node.instanceId();
        this.interval = interval;
        this.clock = node.clock();
        this.gate = ClockGate.of(clock);
        this.outage = node.database().outage();
        this.stop = stop;
        this.back = back;
        this.duplicateFound = duplicateFound;
        ticks = new ScheduledThreadPoolExecutor(1, DaemonThreads.named(instanceId + "-reach"));
    }

    void start() {
        long period = DatabaseOutageDetector.TICK.toMillis();
        ScheduledFuture<?> unused = ticks.scheduleWithFixedDelay(this::tick, period, period, TimeUnit.MILLISECONDS);
    }

    void end() {
        ticks.shutdown();
    }

    private void tick() {
        try {
            if (reach.tick()) {
                outage.silent(reach.silence(System.nanoTime()), reach.lastError());
            }
        } catch (RuntimeException e) {
            // An exception would end all later ticks.
            LOG.error("search for a database outage failed", e);
        }
    }

    /** Returns whether overdue triggers have another cause than a database outage or a wrong clock. */
    boolean isSettled() {
        boolean clockSettled = !(clock instanceof ClockSkewDetector guard)
                || (guard.isOpen()
                        && guard.openSince()
                                .filter(since -> since.compareTo(MisfirePolicy.UNSETTLED) < 0)
                                .isEmpty());
        return clockSettled && reach.isSettled(System.nanoTime());
    }

    /**
     * Returns whether a peer is dead. Never true while the own clock is wrong; observation continues, so that no peer
     * seems new afterwards.
     */
    boolean isDead(SchedulerStateRecord peer) {
        Duration longer = Duration.ofMillis(Math.max(peer.getCheckinInterval(), interval.toMillis()));
        boolean dead = peers.dead(peer.getSchedulerInstanceId(), peer.getCheckinTimestamp(), longer, System.nanoTime());
        return dead && gate.isOpen();
    }

    /**
     * Runs one check-in of Quartz.
     *
     * @param soon makes Quartz check in again without waiting for its interval, which it measures by a clock that
     *     may be set back
     * @return what Quartz returns: whether it recovered the triggers of a peer
     */
    boolean beat(StopSignal.Step<Boolean> checkIn, Runnable soon) throws JobPersistenceException {
        reach.asks();
        boolean recovered = checkInAtOnce(checkIn, soon);
        outage.answered();
        if (!stop.isStopped()) {
            Optional<Duration> away = reach.answered(System.nanoTime());
            if (away.isPresent()) {
                // When the event cannot be written, the next check-in writes it.
                back.tell(away.get());
                reach.reported(System.nanoTime());
            }
        }
        return recovered;
    }

    /** Retries at once on a new connection, so that peers see no missing check-in when a connection breaks. */
    private boolean checkInAtOnce(StopSignal.Step<Boolean> checkIn, Runnable soon) throws JobPersistenceException {
        long began = System.nanoTime();
        for (int attempt = 1; ; attempt++) {
            try {
                return stop.unlessStopped(checkIn, false);
            } catch (JobPersistenceException e) {
                reach.failed(e.getMessage());
                if (attempt == CHECK_IN_ATTEMPTS || System.nanoTime() - began > ATTEMPTS_WITHIN.toNanos()) {
                    soon.run();
                    throw e;
                }
            }
        }
    }

    /**
     * Writes the own row by Quartz's code, unless another process uses this id.
     *
     * @param found time of the last check-in in the row, in milliseconds; empty when there is no row
     * @param isFirst whether this node has not checked in before
     * @param written the time that the step wrote
     * @throws JobPersistenceException the first check-in finds the id in use: Quartz would now release what the
     *     other process runs
     */
    <T> T writeOwnRow(OptionalLong found, boolean isFirst, StopSignal.Step<T> write, LongSupplier written)
            throws JobPersistenceException {
        if (found.isPresent()) {
            if (isFirst && !own.ours(found.getAsLong())) {
                duplicateFound.run();
                throw new JobPersistenceException("instance id is used by another worker: " + instanceId);
            }
            if (own.takenOver(found.getAsLong())) {
                // This check-in is written all the same, so that the other process also detects the duplicate and ends.
                duplicateFound.run();
            }
        }
        T result = write.run();
        own.wrote(written.getAsLong());
        return result;
    }
}
