package avatarmonitor.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waits where the test has another thread stand still, such as in an answer of fal or inside a transaction. */
public final class Latches {
    private Latches() {}

    /** Waits up to two minutes and fails if the latch is not open then. Returns true, as the value of a lambda. */
    public static boolean awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(120, TimeUnit.SECONDS)).isTrue();
            return true;
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }
}
