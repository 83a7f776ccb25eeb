package avatarmonitor.schedule.quartz;

import avatarmonitor.background.DaemonThreads;
import avatarmonitor.background.Deadline;
import avatarmonitor.schedule.quartz.thread.StopSignal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.quartz.JobPersistenceException;
import org.quartz.impl.StdScheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shutdown of one node, within a time limit and whatever the state of the database and of the jobs. Quartz's own leaves
 * acquired triggers and the check-in behind until a peer considers the node dead, and waits forever for a database that
 * is down. The order:
 *
 * <ol>
 * <li>Standby: neither Quartz's scheduler thread nor the {@link FiringEngine} fires anything more.
 * <li>The {@link avatarmonitor.schedule.quartz.thread.WorkerPool} drops new work.
 * <li>Running jobs end. Part of the timeout, at most {@link #LEAVE_TIMEOUT} or a third, is reserved for the steps
 * below.
 * <li>{@link #leave}, called by Quartz's shutdown: the firing engine deletes the rows of ended firings, for at most a
 * quarter of the remaining time.
 * <li>{@link StopSignal}: retries against the database end.
 * <li>Quartz ends its threads for check-ins and misfires.
 * <li>{@link StoreConnections} close: from here on only the last step of this node writes. Only then its threads are
 * interrupted.
 * <li>One transaction releases every firing that this node holds, as a peer would do for a dead one, and deletes its
 * check-in. A job that still runs is abandoned; its trigger is due again.
 * </ol>
 */
final class ClusterExit {
    /** Part of the stop timeout reserved for leaving the cluster, but at most a third. */
    private static final Duration LEAVE_TIMEOUT = Duration.ofSeconds(4);

    private static final Duration THREAD_END_TIMEOUT = Duration.ofMillis(500);

    private static final Logger LOG = LoggerFactory.getLogger(ClusterExit.class);

    private final NodeParts node;
    private final StopSignal stop;
    private final FiringEngine firing;
    private final FiringRelease release;
    private volatile Duration leaveTimeout = LEAVE_TIMEOUT;
    private volatile boolean joined;
    private volatile boolean left;

    ClusterExit(NodeParts node, StopSignal stop, FiringEngine firing, FiringRelease release) {
        this.node = node;
        this.stop = stop;
        this.firing = firing;
        this.release = release;
    }

    /** The node is about to check in: from now on it has to leave the cluster. */
    void join() {
        joined = true;
    }

    /**
     * Runs steps 1 to 8.
     *
     * @return whether all jobs had ended
     */
    boolean stop(Duration timeout, StdScheduler scheduler) throws InterruptedException {
        Duration third = timeout.dividedBy(3);
        Duration leaving = third.compareTo(LEAVE_TIMEOUT) < 0 ? third : LEAVE_TIMEOUT;
        try {
            scheduler.standby();
            node.workers().shutdown(false);
            return node.workers().awaitIdle(timeout.minus(leaving));
        } finally {
            leaveTimeout = leaving;
            scheduler.shutdown(false);
        }
    }

    /** Runs steps 4 to 8. */
    void leave(Runnable quartz) {
        Deadline deadline = Deadline.in(leaveTimeout);
        firing.finish(leaveTimeout.dividedBy(4));
        stopRetrying();
        quartz.run();
        if (node.connections().close(deadline.left().dividedBy(2))) {
            node.threads().end(THREAD_END_TIMEOUT);
        }
        left = left || !joined || releaseWithin(deadline.left());
    }

    /** Runs step 5 only: every job that retries against the database gives up. */
    void stopRetrying() {
        firing.stop();
        stop.stop();
    }

    /**
     * Ends at once and leaves this node's rows unchanged: they may belong to another one. Running transactions may
     * still commit.
     */
    void disown() {
        joined = false;
        stopRetrying();
        node.connections().close(Duration.ZERO);
    }

    /** Returns whether {@link #leave} removed all rows of this node from the cluster; true when it never joined. */
    boolean left() {
        return left;
    }

    /** Runs on a separate thread, so that a hanging database does not delay the stop. */
    private boolean releaseWithin(Duration timeout) {
        FutureTask<Integer> task = new FutureTask<>(this::release);
        DaemonThreads.thread(node.instanceId() + "-shutdown-release", task).start();
        try {
            int firings = task.get(Math.max(1, timeout.toMillis()), TimeUnit.MILLISECONDS);
            LOG.info("left the cluster instance={} released={}", node.instanceId(), firings);
            return true;
        } catch (TimeoutException | ExecutionException e) {
            LOG.warn("could not leave the cluster in order, others will notice instance={}", node.instanceId(), e);
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private int release() throws SQLException, JobPersistenceException {
        try (Connection connection = node.connections().afterClose()) {
            connection.setAutoCommit(false);
            try {
                int firings = release.releaseAndUnregister(connection);
                connection.commit();
                return firings;
            } catch (SQLException | JobPersistenceException | RuntimeException e) {
                connection.rollback();
                throw e;
            }
        }
    }
}
