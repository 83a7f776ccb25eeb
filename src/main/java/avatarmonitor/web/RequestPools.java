package avatarmonitor.web;

import avatarmonitor.background.BoundedPool;
import avatarmonitor.background.Deadline;
import avatarmonitor.web.Route.Lane;
import java.time.Duration;
import java.util.Map;

/** One thread pool per lane of work that waits: a full lane does not block another one. */
final class RequestPools {
    private static final int READING_THREADS = 2;
    private static final int ACTING_THREADS = 2;
    private static final int WAITING_CALLS_MAX = 64;

    private final Map<Lane, BoundedPool> pools = Map.of(
            Lane.READING, new BoundedPool("http-read", READING_THREADS, WAITING_CALLS_MAX),
            Lane.ACTING, new BoundedPool("http-act", ACTING_THREADS, WAITING_CALLS_MAX),
            Lane.WEBHOOK, new BoundedPool("http-webhook", 1, WAITING_CALLS_MAX),
            Lane.HEALTH, new BoundedPool("http-health", 1, WAITING_CALLS_MAX));

    private final BoundedPool probing = new BoundedPool("http-health-probe", 1, 1);

    /** Pool for probes of the worker's own health, of which at most one can hang. */
    BoundedPool probing() {
        return probing;
    }

    /** Submits work to the pool of a lane; returns false when its queue is full. */
    boolean take(Lane lane, Runnable work) {
        BoundedPool pool = pools.get(lane);
        if (pool == null) {
            throw new IllegalStateException("no worker pool for lane " + lane);
        }
        return pool.take(work);
    }

    /** Accepts no further work; queued work is done. */
    void stop() {
        pools.values().forEach(BoundedPool::stop);
        probing.stop();
    }

    /** Waits for the end of the accepted work, at most this long. */
    void awaitEnd(Duration timeout) throws InterruptedException {
        Deadline deadline = Deadline.in(timeout);
        for (BoundedPool pool : pools.values()) {
            pool.awaitEnd(deadline.left());
        }
        probing.awaitEnd(deadline.left());
    }
}
