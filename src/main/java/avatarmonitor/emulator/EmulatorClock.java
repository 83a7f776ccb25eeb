package avatarmonitor.emulator;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** The emulator's time: real time plus what was advanced, or a time that stands still until it is advanced. */
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

    /** Moves forward only: what has happened cannot be undone. */
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

    /** Stops the clock, or lets it go on from where it stands. */
    synchronized void freeze(boolean stop) {
        if (stop && frozenAt == null) {
            frozenAt = instant();
        } else if (!stop && frozenAt != null) {
            ahead = Duration.between(real.instant(), frozenAt);
            frozenAt = null;
        }
    }

    /** Real time, for what others compare with their own clock: dates in headers and webhook timestamps. */
    Instant realTime() {
        return real.instant();
    }
}
