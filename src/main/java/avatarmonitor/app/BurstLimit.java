package avatarmonitor.app;

import java.time.Duration;
import java.util.function.LongSupplier;

/** How many checks may become due at once besides the regular ones: in each {@link #WINDOW} as many as fal may be asked in that time. */
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

    /** How many of so many may be due at once; they count from now on. */
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
