package avatarmonitor.bench;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/**
 * Records all fires: how often, which for the first time, with what delay. The no-op jobs of all contestants report to
 * it.
 */
final class Fires {
    private static final int LATEST_MILLIS = 120_000;

    private final Map<String, Integer> numbers = new HashMap<>();
    private final AtomicIntegerArray counts;
    private final LongAdder total = new LongAdder();
    private final AtomicInteger distinct = new AtomicInteger();
    private final LongAccumulator last = new LongAccumulator(Long::max, Long.MIN_VALUE);
    private final LongAccumulator earliest = new LongAccumulator(Long::max, 0);

    /** Number of fires by delay in milliseconds; early ones count as 0. */
    private volatile AtomicLongArray late = new AtomicLongArray(LATEST_MILLIS + 1);

    Fires(int triggers) {
        for (int n = 1; n <= triggers; n++) {
            numbers.put(Names.of(n), n - 1);
        }
        counts = new AtomicIntegerArray(triggers);
    }

    void fired(String name, long dueMillis) {
        long millis = System.currentTimeMillis() - dueMillis;
        if (millis < 0) {
            earliest.accumulate(-millis);
        }
        late.incrementAndGet((int) Math.max(0, Math.min(LATEST_MILLIS, millis)));
        Integer number = numbers.get(name);
        if (number == null) {
            throw new IllegalStateException("fired but never planted: " + name);
        }
        if (counts.getAndIncrement(number) == 0) {
            distinct.incrementAndGet();
        }
        total.increment();
        last.accumulate(System.nanoTime());
    }

    long total() {
        return total.sum();
    }

    int distinct() {
        return distinct.get();
    }

    /** Time of the last fire on {@link System#nanoTime}'s clock; only valid after the first. */
    long lastNanos() {
        return last.get();
    }

    /** Resets the delays; counts continue. */
    void forgetLateness() {
        late = new AtomicLongArray(LATEST_MILLIS + 1);
        earliest.reset();
    }

    /** Returns the maximum by which a fire was early, since {@link #forgetLateness}. */
    long earliestMillis() {
        return earliest.get();
    }

    /**
     * Returns a percentile of the delay in milliseconds, since {@link #forgetLateness}.
     *
     * @param share from 0 to 1
     */
    long lateMillis(double share) {
        AtomicLongArray seen = late;
        long all = 0;
        for (int i = 0; i <= LATEST_MILLIS; i++) {
            all += seen.get(i);
        }
        long wanted = (long) Math.ceil(all * share);
        long sum = 0;
        for (int i = 0; i <= LATEST_MILLIS; i++) {
            sum += seen.get(i);
            if (sum >= wanted && sum > 0) {
                return i;
            }
        }
        return 0;
    }
}
