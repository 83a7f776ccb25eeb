package avatarmonitor.schedule.quartz;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Detects that the database does not answer this worker's check-ins. Counts ticks, not the time between them: a process
 * that was frozen must not blame the database.
 */
final class DatabaseOutageDetector {
    /** Interval at which {@link #tick} has to be called. */
    static final Duration TICK = Duration.ofSeconds(1);

    /** Ticks without an answer after which the database counts as unavailable; a lost connection is replaced sooner. */
    static final int AWAY_AFTER_TICKS = 5;

    /** After this time without an answer triggers are overdue, and misfire recovery needs the same time again. */
    private static final Duration UNSETTLED = MisfirePolicy.UNSETTLED;

    private boolean asking;
    private boolean away;
    private int silentTicks;
    private long answeredNanos;
    private @Nullable Long lastAnswer;
    private @Nullable Long unsettledSince;
    private @Nullable String lastError;

    DatabaseOutageDetector(long nanoNow) {
        answeredNanos = nanoNow;
    }

    /** A check-in starts. */
    synchronized void asks() {
        asking = true;
    }

    /** A check-in failed; the next one tries again. */
    synchronized void failed(@Nullable String error) {
        lastError = error;
    }

    /** Counts one tick; returns whether the database counts as unavailable. */
    synchronized boolean tick() {
        silentTicks = asking ? silentTicks + 1 : 0;
        if (silentTicks >= AWAY_AFTER_TICKS) {
            away = true;
        }
        return away && silentTicks > 0;
    }

    /**
     * A check-in was answered. Returns the length of an outage worth a report, until {@link #reported}.
     */
    synchronized Optional<Duration> answered(long nanoNow) {
        asking = false;
        silentTicks = 0;
        lastError = null;
        if (isLongAgo(lastAnswer, nanoNow)) {
            unsettledSince = nanoNow;
        }
        lastAnswer = nanoNow;
        if (away) {
            return Optional.of(Duration.ofNanos(nanoNow - answeredNanos));
        }
        answeredNanos = nanoNow;
        return Optional.empty();
    }

    /** The end of the outage has been reported. */
    synchronized void reported(long nanoNow) {
        away = false;
        answeredNanos = nanoNow;
    }

    /**
     * Returns whether overdue triggers have another cause than an outage of this worker's connection or a freeze,
     * including the recovery time after it.
     */
    synchronized boolean isSettled(long nanoNow) {
        return !isLongAgo(lastAnswer, nanoNow) && (unsettledSince == null || isLongAgo(unsettledSince, nanoNow));
    }

    private static boolean isLongAgo(@Nullable Long nanos, long nanoNow) {
        return nanos != null && nanoNow - nanos > UNSETTLED.toNanos();
    }

    synchronized Duration silence(long nanoNow) {
        return Duration.ofNanos(nanoNow - answeredNanos);
    }

    /** Error of the last check-in; null when it waits or was answered. */
    synchronized @Nullable String lastError() {
        return lastError;
    }
}
