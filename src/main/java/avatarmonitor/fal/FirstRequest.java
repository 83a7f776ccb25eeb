package avatarmonitor.fal;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Slow start of a process: its first request loads classes and opens a connection, which takes up to a second on a busy
 * machine. Requests that had their turn meanwhile would all be sent late and together, so they wait before they take a
 * turn.
 */
final class FirstRequest {
    /** Time after the start of the first request at which the others no longer wait for its answer. */
    static final Duration WAIT_MAX = Duration.ofSeconds(1);

    private final AtomicReference<Long> begunNanos = new AtomicReference<>();
    private final CountDownLatch answered = new CountDownLatch(1);

    /**
     * Returns at once for the first caller and after its answer; otherwise at most {@link #WAIT_MAX} after the first
     * caller.
     *
     * @return whether this is the first request
     */
    boolean await() throws InterruptedException {
        long now = System.nanoTime();
        if (begunNanos.compareAndSet(null, now)) {
            return true;
        }
        Long begun = begunNanos.get();
        if (begun != null) {
            boolean unused = answered.await(WAIT_MAX.toNanos() - (now - begun), TimeUnit.NANOSECONDS);
        }
        return false;
    }

    /** A request was answered or failed, or no more requests are sent. */
    void answered() {
        answered.countDown();
    }

    /** The first request was not sent: another one is the first. */
    void notSent() {
        begunNanos.set(null);
    }
}
