package avatarmonitor.schedule;

import avatarmonitor.store.ClockGate;
import avatarmonitor.store.ClockGuard;
import avatarmonitor.store.Database;
import avatarmonitor.store.DatabaseOutage;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.quartz.JobPersistenceException;
import org.quartz.SchedulerException;
import org.quartz.impl.jdbcjobstore.SchedulerStateRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The check-ins of one member of the cluster. A peer is taken for dead by what this worker sees and not by anybody's clock, and that is
 * written down where it happens; a worker whose own id is used by another process stops; a database that was away is told of.
 */
abstract class ClusterJobStore extends StoppableJobStore {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterJobStore.class);

    /** Most attempts of one check-in, and how long after the first one fails another is still made without a pause. */
    private static final int CHECK_IN_ATTEMPTS = 5;

    private static final Duration ATTEMPTS_WITHIN = Duration.ofSeconds(1);

    private final PeerWatch peers = new PeerWatch();
    private final OwnCheckIn own = new OwnCheckIn();
    final DatabaseReach reach = new DatabaseReach(System.nanoTime());
    private final ScheduledThreadPoolExecutor ticks;
    private final DatabaseOutage outage;
    private final ClusterEvents events;
    private final InstantSource clock;
    private final ClockGate gate;
    private final Death death;

    /** @param clock tells which trigger is due; while its gate is closed nothing fires, moves or is taken from a peer */
    ClusterJobStore(
            Database database,
            String instanceId,
            Duration checkInInterval,
            ClusterEvents events,
            InstantSource clock,
            Death death) {
        super(database.pool(), instanceId, death);
        this.outage = database.outage();
        this.clock = clock;
        this.gate = ClockGate.of(clock);
        this.events = events;
        this.death = death;
        setIsClustered(true);
        setClusterCheckinInterval(checkInInterval.toMillis());
        ticks = new ScheduledThreadPoolExecutor(1, tick -> {
            Thread thread = new Thread(tick, instanceId + "-reach");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Refuses an instance id that is in use.
     *
     * @throws ScheduleException when the id stands in the list of workers: its firings would be taken for this one's
     * @throws JobPersistenceException when the database failed
     */
    void requireFreeId() throws JobPersistenceException {
        if (executeWithoutLock(connection -> ownRow(connection).isPresent())) {
            throw new ScheduleException("instance id " + getInstanceId()
                    + " is used by another worker: start this one again, it then takes another id");
        }
    }

    @Override
    public void schedulerStarted() throws SchedulerException {
        long period = DatabaseReach.TICK.toMillis();
        ScheduledFuture<?> unused = ticks.scheduleWithFixedDelay(this::tick, period, period, TimeUnit.MILLISECONDS);
        super.schedulerStarted();
    }

    @Override
    public void shutdown() {
        ticks.shutdown();
        super.shutdown();
    }

    /** The clock that tells which trigger is due. */
    final InstantSource clock() {
        return clock;
    }

    /** Whether anything may be done by that clock now. */
    final ClockGate clockGate() {
        return gate;
    }

    /** Has threads that wait for the time of a trigger look again: the clock by which they wait was set. */
    final void lookAgain() {
        signalSchedulingChangeImmediately(0);
    }

    private void tick() {
        if (reach.tick()) {
            outage.silent(reach.silence(System.nanoTime()), reach.lastError());
        }
    }

    /** Whether what is overdue is so for another reason than an outage of the database or a clock that was wrong. */
    final boolean isSettled() {
        boolean clockSettled = !(clock instanceof ClockGuard guard)
                || (guard.isOpen()
                        && guard.openSince()
                                .filter(since -> since.compareTo(DatabaseReach.UNSETTLED) < 0)
                                .isEmpty());
        return clockSettled && reach.isSettled(System.nanoTime());
    }

    /** Quartz asks until when the worker counts as alive, by its own clock; the answer is for ever or not at all. */
    @Override
    protected long calcFailedIfAfter(SchedulerStateRecord peer) {
        // Nobody is declared dead while the own clock is wrong; the looks go on, so that no peer seems newly seen
        // afterwards.
        Duration interval = Duration.ofMillis(Math.max(peer.getCheckinInterval(), getClusterCheckinInterval()));
        boolean dead =
                peers.dead(peer.getSchedulerInstanceId(), peer.getCheckinTimestamp(), interval, System.nanoTime());
        return dead && gate.isOpen() ? Long.MIN_VALUE : Long.MAX_VALUE;
    }

    @Override
    protected boolean doCheckin() throws JobPersistenceException {
        reach.asks();
        boolean recovered = checkInAtOnce();
        outage.answered();
        if (!stops()) {
            Optional<Duration> away = reach.answered(System.nanoTime());
            if (away.isPresent()) {
                tellBack(away.get());
            }
        }
        return recovered;
    }

    /** A connection that broke is replaced at once: peers see no check-in missing, however often that happens. */
    private boolean checkInAtOnce() throws JobPersistenceException {
        long began = System.nanoTime();
        for (int attempt = 1; ; attempt++) {
            try {
                return unlessStopped(super::doCheckin, false);
            } catch (JobPersistenceException e) {
                reach.failed(e.getMessage());
                if (attempt == CHECK_IN_ATTEMPTS || System.nanoTime() - began > ATTEMPTS_WITHIN.toNanos()) {
                    // Otherwise Quartz would sleep until the interval is over by a clock that may be set back
                    // meanwhile.
                    lastCheckin = 0;
                    throw e;
                }
            }
        }
    }

    /** When it cannot be written, the next check-in tells it. */
    private void tellBack(Duration away) throws JobPersistenceException {
        executeWithoutLock(connection -> {
            try {
                events.databaseBack(connection, away);
                return true;
            } catch (SQLException e) {
                throw new JobPersistenceException("event not written: " + e.getMessage(), e);
            }
        });
        reach.told(System.nanoTime());
    }

    @Override
    protected List<SchedulerStateRecord> clusterCheckIn(Connection connection) throws JobPersistenceException {
        Optional<SchedulerStateRecord> row = ownRow(connection);
        if (row.isPresent()) {
            long found = row.get().getCheckinTimestamp();
            if (firstCheckIn && !own.ours(found)) {
                // Quartz would now give back what the other one runs.
                end();
                throw new JobPersistenceException("instance id is used by another worker: " + getInstanceId());
            }
            if (own.takenOver(found)) {
                // This check-in is written all the same: by it the other one sees that there are two, and ends too.
                end();
            }
        }
        List<SchedulerStateRecord> failed = super.clusterCheckIn(connection);
        own.wrote(lastCheckin);
        return failed;
    }

    /** Nobody can tell whose the rows of this id are, so nothing is given back: peers do that once neither checks in. */
    private void end() {
        disown();
        death.because("another process checks in as " + getInstanceId()
                + ": was this machine copied, or set back to a snapshot?");
    }

    private Optional<SchedulerStateRecord> ownRow(Connection connection) throws JobPersistenceException {
        try {
            return getDelegate().selectSchedulerStateRecords(connection, getInstanceId()).stream()
                    .findFirst();
        } catch (SQLException e) {
            throw new JobPersistenceException("cannot read the own check-in: " + e.getMessage(), e);
        }
    }

    /**
     * What a worker was checking is checked again at once: Quartz only cleans up after it. One event for each lost peer in the same
     * transaction; a worker that only leaves is no loss.
     */
    @Override
    protected void clusterRecover(Connection connection, List<SchedulerStateRecord> failed)
            throws JobPersistenceException {
        try {
            for (SchedulerStateRecord worker : failed) {
                String instance = worker.getSchedulerInstanceId();
                UnfinishedChecks.giveBack(connection, instance);
                if (!instance.equals(getInstanceId())) {
                    int firings = getDelegate()
                            .selectInstancesFiredTriggerRecords(connection, instance)
                            .size();
                    events.workerLost(connection, instance, firings);
                    LOG.warn("worker lost instance={} firings_taken_over={}", instance, firings);
                }
            }
        } catch (SQLException e) {
            throw new JobPersistenceException("checks cannot be taken over: " + e.getMessage(), e);
        }
        super.clusterRecover(connection, failed);
    }

    /**
     * Frees what a worker left behind that is not on the list of workers.
     *
     * @param together called in the same transaction when there was something to free
     * @return false when it is on the list, or left nothing
     */
    boolean recoverGone(String worker, Database.Work<Boolean> together) throws JobPersistenceException {
        return underLock(LOCK_STATE_ACCESS, connection -> {
            try {
                return !new ScheduleTables(connection).knows(worker)
                        && freeFirings(connection, worker) > 0
                        && together.on(connection);
            } catch (JobPersistenceException e) {
                throw new SQLException(e);
            }
        });
    }

    /** Quartz would tell of failed workers while this one only leaves. */
    @Override
    protected void logWarnIfNonZero(int count, String message) {
        if (!stops()) {
            super.logWarnIfNonZero(count, message);
        }
    }
}
