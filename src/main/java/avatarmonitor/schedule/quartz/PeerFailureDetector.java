package avatarmonitor.schedule.quartz;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Decides which other workers are dead: those whose check-in time stood still while this worker looked three times. Only
 * this process's own monotonic clock is asked, so that clocks which differ between machines kill nobody, and only time
 * in which this worker could look counts: after an outage of the database everybody gets a fresh chance, and time to come back.
 */
final class PeerFailureDetector {
    /**
     * How long a check-in time must stand still, in intervals. Looks are one interval apart, so it is the third look after
     * the first that finds the worker dead: after one missed check-in never, after a kill within four intervals.
     */
    private static final double DEAD_AFTER_INTERVALS = 2.5;

    /** A longer pause than this between two looks means that this worker was blind itself. */
    private static final double BLIND_AFTER_INTERVALS = 2;

    /**
     * How much later than this worker others may reach the database again after an outage: their pools pause up to five seconds
     * between two attempts to connect, and their check-in pauses two more.
     */
    private static final Duration OTHERS_COME_BACK = Duration.ofSeconds(10);

    private final Map<String, Sight> sights = new HashMap<>();

    private record Sight(long checkInTime, long sinceNanos, long lookedNanos) {}

    /**
     * @param checkInTime what the other worker wrote last
     * @param interval the longer one of the two workers' check-in intervals
     * @param nanoNow this process's {@link System#nanoTime()}
     */
    synchronized boolean dead(String worker, long checkInTime, Duration interval, long nanoNow) {
        Sight before = sights.get(worker);
        long since;
        if (before != null && nanoNow - before.lookedNanos > interval.toNanos() * BLIND_AFTER_INTERVALS) {
            // Also when the time is another one than before: it may have been written just before the outage.
            since = nanoNow + OTHERS_COME_BACK.toNanos();
        } else if (before == null || before.checkInTime != checkInTime) {
            since = nanoNow;
        } else {
            since = before.sinceNanos;
        }
        Sight now = new Sight(checkInTime, since, nanoNow);
        sights.put(worker, now);
        return nanoNow - now.sinceNanos >= interval.toNanos() * DEAD_AFTER_INTERVALS;
    }
}
