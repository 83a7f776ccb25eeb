package avatarmonitor.schedule.quartz;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Failure detector for peers: a worker is dead when its check-in time has not changed over three observations. Uses
 * only this process's monotonic clock, so that clock differences between machines do not matter, and counts only time
 * in which this worker could observe: after a database outage every peer gets a fresh start, and time to reconnect.
 */
final class PeerFailureDetector {
    /**
     * Time without a changed check-in after which a peer is dead, in intervals. Observations are one interval apart, so
     * it is the third after the first: never after one missed check-in, within four intervals after a kill.
     */
    private static final double DEAD_AFTER_INTERVALS = 2.5;

    /** A longer pause between two observations means that this worker could not observe. */
    private static final double BLIND_AFTER_INTERVALS = 2;

    /**
     * Time by which peers may reconnect later than this worker after an outage: their pools pause up to five seconds
     * between two attempts to connect, and their check-in pauses two more.
     */
    private static final Duration OTHERS_COME_BACK = Duration.ofSeconds(10);

    /** A peer that was not observed for this time, while others were, has left. Each start of a worker has a new id. */
    private static final Duration FORGET_AFTER = Duration.ofHours(1);

    private final Map<String, Sight> sights = new HashMap<>();

    private record Sight(long checkInTime, long sinceNanos, long lookedNanos) {}

    /**
     * @param checkInTime last check-in of the peer
     * @param interval the longer one of the two workers' check-in intervals
     * @param nanoNow this process's {@link System#nanoTime()}
     */
    synchronized boolean dead(String worker, long checkInTime, Duration interval, long nanoNow) {
        Sight before = sights.get(worker);
        if (before != null) {
            // By the time of the last observation: during an outage no peer is observed, and none is forgotten.
            sights.values().removeIf(other -> before.lookedNanos - other.lookedNanos > FORGET_AFTER.toNanos());
        }
        long since;
        if (before != null && nanoNow - before.lookedNanos > interval.toNanos() * BLIND_AFTER_INTERVALS) {
            // Applies also to a changed time, which may have been written just before the outage.
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

    synchronized int knownPeers() {
        return sights.size();
    }
}
