package avatarmonitor.background;

import java.time.Duration;

/** Work on threads of its own that ends in two steps, so that many services end at the same time. */
public interface BackgroundService {
    /** Starts no further work; running work continues. */
    void stop();

    /** Waits for running work, at most for the timeout. */
    void awaitEnd(Duration timeout) throws InterruptedException;
}
