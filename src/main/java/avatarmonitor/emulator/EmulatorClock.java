package avatarmonitor.emulator;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * The emulator's clock: real time plus an offset that can be advanced, or a frozen time that changes only by advancing.
 */
final class EmulatorClock implements InstantSource {
    private final InstantSource real;
    private Duration ahead = Duration.ZERO;
    private @Nullable Instant frozenAt;

    EmulatorClock(InstantSource real, boolean frozen) {
        this.real = real;
        this.frozenAt = frozen ? real.instant() : null;
    }

    @Override
    public synchronized Instant instant() {
        return frozenAt != null ? frozenAt : real.instant().plus(ahead);
    }

    synchronized boolean frozen() {
        return frozenAt != null;
    }

    /** Moves the clock forward; it cannot go back. */
    synchronized void advance(Duration by) {
        if (by.isNegative()) {
            throw new IllegalArgumentException("the clock does not go back: " + by);
        }
        if (frozenAt != null) {
            frozenAt = frozenAt.plus(by);
        } else {
            ahead = ahead.plus(by);
        }
    }

    /** Freezes the clock, or resumes it from its current time. */
    synchronized void freeze(boolean stop) {
        if (stop && frozenAt == null) {
            frozenAt = instant();
        } else if (!stop && frozenAt != null) {
            ahead = Duration.between(real.instant(), frozenAt);
            frozenAt = null;
        }
    }

    /** Real time, for values that clients compare with their own clock: dates in headers and webhook timestamps. */
    Instant realTime() {
        return real.instant();
    }
}
