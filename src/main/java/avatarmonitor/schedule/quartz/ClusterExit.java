package avatarmonitor.schedule.quartz;

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
 * Shutdown of one node, within a time limit and whatever the state of the database and of the jobs. Quartz's own leaves acquired triggers and
 * the check-in behind until a peer takes the node for dead, and waits for ever for a database that is down. In this order:
 *
 * <ol>
 *   <li>Standby: neither Quartz's scheduler thread nor the {@link FiringEngine} fires anything more.
 *   <li>The {@link WorkerPool} drops what is still handed over.
 *   <li>Running jobs end. What the timeout leaves for the steps below, at most {@link #LEAVE_TIMEOUT} or a third, is kept for them.
 *   <li>{@link #leave}, called by Quartz's shutdown: the firing engine deletes the rows of firings that have ended, for at most a quarter of the
 *       time that is left.
 *   <li>{@link StopSignal}: what waits for the database to come back gives up.
 *   <li>Quartz ends its threads for check-ins and misfires.
 *   <li>{@link StoreConnections} close: nothing of this node writes from here on but the last step. Only then its threads are interrupted.
 *   <li>One transaction gives back every firing that this node holds, as a peer would do for a dead one, and deletes its check-in. A job that
 *       still runs is abandoned; its trigger is due again.
 * </ol>
 */
final class ClusterExit {
    /** Of the time for a stop, what is kept for leaving the cluster, but never more than a third. */
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

    /** The node is about to check in: from now on there is something to give back. */
    void join() {
        joined = true;
    }

    /**
     * Steps 1 to 8.
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

    /** Steps 4 to 8. */
    void leave(Runnable quartz) {
        long deadline = System.nanoTime() + leaveTimeout.toNanos();
        firing.finish(leaveTimeout.dividedBy(4));
        stopRetrying();
        quartz.run();
        if (node.connections()
                .close(Duration.ofNanos(deadline - System.nanoTime()).dividedBy(2))) {
            node.threads().end(THREAD_END_TIMEOUT);
        }
        left = left || !joined || giveBackWithin(Duration.ofNanos(deadline - System.nanoTime()));
    }

    /** Step 5 alone: every job that waits for the database gives up. */
    void stopRetrying() {
        firing.stop();
        stop.stop();
    }

    /** Ends at once and leaves this node's rows as they are: they may belong to another one. What is under way may still commit. */
    void disown() {
        joined = false;
        stopRetrying();
        node.connections().close(Duration.ZERO);
    }

    /** Whether {@link #leave} left the cluster nothing of this node; there was nothing when it never joined. */
    boolean left() {
        return left;
    }

    /** On a thread of its own: a database that hangs must not make the stop wait longer. */
    private boolean giveBackWithin(Duration timeout) {
        FutureTask<Integer> task = new FutureTask<>(this::giveBack);
        Thread thread = new Thread(task, node.instanceId() + "-leaves");
        thread.setDaemon(true);
        thread.start();
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

    private int giveBack() throws SQLException, JobPersistenceException {
        try (Connection connection = node.connections().afterClose()) {
            connection.setAutoCommit(false);
            try {
                int firings = release.leave(connection);
                connection.commit();
                return firings;
            } catch (SQLException | JobPersistenceException | RuntimeException e) {
                connection.rollback();
                throw e;
            }
        }
    }
}
