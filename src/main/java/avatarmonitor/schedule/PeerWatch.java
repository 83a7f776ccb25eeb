package avatarmonitor.schedule;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Decides which other workers are dead: those whose check-in time stood still while this worker looked three times. Only
 * this process's own monotonic clock is asked, so that clocks which differ between machines kill nobody, and only time
 * in which this worker could look counts: after an outage of the database everybody gets a fresh chance.
 */
final class PeerWatch {
    /**
     * How long a check-in time must stand still, in intervals. Looks are one interval apart, so it is the third look after
     * the first that finds the worker dead: after one missed check-in never, after a kill within four intervals.
     */
    private static final double DEAD_AFTER_INTERVALS = 2.5;

    /** A longer pause than this between two looks means that this worker was blind itself. */
    private static final double BLIND_AFTER_INTERVALS = 2;

    private final Map<String, Sight> sights = new HashMap<>();

    private record Sight(long checkInTime, long sinceNanos, long lookedNanos) {}

    /**
     * @param checkInTime what the other worker wrote last
     * @param interval the longer one of the two workers' check-in intervals
     * @param nanoNow this process's {@link System#nanoTime()}
     */
    synchronized boolean dead(String worker, long checkInTime, Duration interval, long nanoNow) {
        Sight before = sights.get(worker);
        boolean fresh = before == null
                || before.checkInTime != checkInTime
                || nanoNow - before.lookedNanos > interval.toNanos() * BLIND_AFTER_INTERVALS;
        Sight now = new Sight(checkInTime, fresh || before == null ? nanoNow : before.sinceNanos, nanoNow);
        sights.put(worker, now);
        return nanoNow - now.sinceNanos >= interval.toNanos() * DEAD_AFTER_INTERVALS;
    }
}
