package avatarmonitor.schedule.quartz.thread;

import avatarmonitor.store.StoreException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.quartz.JobPersistenceException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stop latch of one node, which ends retries against the database: Quartz's own never end, and would block the stop of
 * a worker whose database is down.
 */
public final class StopSignal {
    /** Pause between two attempts while the database is unavailable. */
    public static final Duration RETRY_INTERVAL = Duration.ofSeconds(2);

    /** Every how many failed attempts one is logged. */
    private static final int LOGGED_ATTEMPTS = 15;

    private static final Logger LOG = LoggerFactory.getLogger(StopSignal.class);

    private final CountDownLatch stopped = new CountDownLatch(1);

    /** An operation of the job store. */
    public interface Step<T> {
        T run() throws JobPersistenceException;
    }

    /** A step was abandoned because the scheduler stops; {@code ClusterExit} does its work. */
    public static final class StoppedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StoppedException() {
            super("the scheduler stops");
        }
    }

    /** Stops for good; idempotent. */
    public void stop() {
        stopped.countDown();
    }

    public boolean isStopped() {
        return stopped.getCount() == 0;
    }

    /** Runs a step; a failure after the stop is not treated as a database failure, and {@code nothing} is returned. */
    public <T> T unlessStopped(Step<T> step, T nothing) throws JobPersistenceException {
        try {
            return step.run();
        } catch (JobPersistenceException e) {
            if (isStopped()) {
                LOG.debug("step left out because the scheduler stops", e);
                return nothing;
            }
            throw e;
        }
    }

    /**
     * Repeats a step until it succeeds.
     *
     * @throws StoppedException at the stop, when it has not succeeded until then
     */
    public <T> T retry(Step<T> step) {
        int attempts = 0;
        do {
            try {
                return step.run();
            } catch (JobPersistenceException e) {
                if (attempts++ % LOGGED_ATTEMPTS == 0 && !isStopped()) {
                    LOG.atLevel(StoreException.logLevel(e))
                            .log("database failed, will retry attempts={} error={}", attempts, e.getMessage());
                }
            }
        } while (!stopsWithin(RETRY_INTERVAL));
        throw new StoppedException();
    }

    /** Like {@link #retry}; {@code ClusterExit} does what a stop leaves undone. */
    public <T> void retryUntilStopped(Step<T> step) {
        try {
            T unused = retry(step);
        } catch (StoppedException e) {
            LOG.debug("left to the end of the worker", e);
        }
    }

    private boolean stopsWithin(Duration timeout) {
        try {
            return stopped.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
