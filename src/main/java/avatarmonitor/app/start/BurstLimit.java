package avatarmonitor.app.start;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Limit of checks that become due at once in addition to the regular ones: per {@link #WINDOW}, as many as the rate
 * limit of requests to fal permits in that time.
 */
final class BurstLimit {
    static final Duration WINDOW = Duration.ofSeconds(10);

    private final int perWindow;
    private final LongSupplier nanoTime;
    private long began;
    private int left;

    /** @param perSecond {@code fal.requests-per-second} */
    BurstLimit(int perSecond, LongSupplier nanoTime) {
        this.perWindow = Math.toIntExact(perSecond * WINDOW.toSeconds());
        this.nanoTime = nanoTime;
        this.began = nanoTime.getAsLong();
        this.left = perWindow;
    }

    int requestsPerSecond() {
        return Math.toIntExact(perWindow / WINDOW.toSeconds());
    }

    /** Reserves up to the wanted number of checks in the current window and returns how many may be due at once. */
    synchronized int take(int wanted) {
        long now = nanoTime.getAsLong();
        if (now - began >= WINDOW.toNanos()) {
            began = now;
            left = perWindow;
        }
        int taken = Math.min(wanted, left);
        left -= taken;
        return taken;
    }
}
