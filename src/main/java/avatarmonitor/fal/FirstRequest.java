package avatarmonitor.fal;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Slow start of a process: its first request loads classes and opens a connection, which takes up to a second on a busy
 * machine. Requests that had their turn meanwhile would all be sent late and together, so they wait before they take a
 * turn.
 */
final class FirstRequest {
    /** Timeout of the wait for the first answer. */
    static final Duration WAIT_MAX = Duration.ofSeconds(1);

    private final AtomicBoolean begun = new AtomicBoolean();
    private final CountDownLatch answered = new CountDownLatch(1);

    /** Returns at once for the first caller and after its answer; otherwise after at most {@link #WAIT_MAX}. */
    void await() throws InterruptedException {
        if (begun.compareAndSet(false, true)) {
            return;
        }
        boolean unused = answered.await(WAIT_MAX.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** A request was answered, failed, or was not sent. */
    void ended() {
        answered.countDown();
    }
}
