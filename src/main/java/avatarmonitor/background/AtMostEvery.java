package avatarmonitor.background;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Allows something at most once in a period, such as a log line about what may happen often. Thread-safe. */
public final class AtMostEvery {
    /** Period of most log lines that say so. */
    public static final Duration MINUTE = Duration.ofMinutes(1);

    private final long period;
    private final LongSupplier nanos;
    private final AtomicLong last;

    public AtMostEvery(Duration period) {
        this(period, System::nanoTime);
    }

    /** @param nanos a monotonic clock */
    public AtMostEvery(Duration period, LongSupplier nanos) {
        this.period = period.toNanos();
        this.nanos = nanos;
        this.last = new AtomicLong(nanos.getAsLong() - this.period);
    }

    /** Returns whether the period since the last time is over, and begins the next one. */
    public boolean due() {
        long now = nanos.getAsLong();
        long before = last.get();
        return now - before >= period && last.compareAndSet(before, now);
    }
}
