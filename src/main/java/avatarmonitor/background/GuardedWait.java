package avatarmonitor.background;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Waits for a condition on the monitor of an object, which the caller holds. Every change of the condition must call
 * {@code notifyAll} of that object.
 */
public final class GuardedWait {
    private GuardedWait() {}

    /** Waits at most this long; returns whether the condition holds. */
    public static boolean until(Object monitor, BooleanSupplier condition, Duration timeout)
            throws InterruptedException {
        Deadline deadline = Deadline.in(timeout);
        while (!condition.getAsBoolean()) {
            long left = deadline.left().toNanos();
            if (left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(monitor, left);
        }
        return true;
    }

    /** Waits without a time limit. An interrupt does not end the wait; the thread stays interrupted. */
    public static void uninterruptibly(Object monitor, BooleanSupplier condition) {
        boolean interrupted = false;
        while (!condition.getAsBoolean()) {
            try {
                monitor.wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
