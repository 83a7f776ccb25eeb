package avatarmonitor.schedule.quartz;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether the database answers this worker's check-ins. Only ticks count against it, never the time between two of them: a process
 * that was frozen must not blame the database.
 */
final class DatabaseOutageDetector {
    /** How often {@link #tick} is to be called. */
    static final Duration TICK = Duration.ofSeconds(1);

    /** Ticks without an answer after which the database counts as away: a lost connection is replaced sooner. */
    static final int AWAY_AFTER_TICKS = 5;

    /** After such a time without an answer triggers are overdue, and those who move overdue triggers need another such time. */
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

    /** A check-in begins. */
    synchronized void asks() {
        asking = true;
    }

    /** It failed; the next one asks again. */
    synchronized void failed(@Nullable String error) {
        lastError = error;
    }

    /** Returns whether the database counts as away. */
    synchronized boolean tick() {
        silentTicks = asking ? silentTicks + 1 : 0;
        if (silentTicks >= AWAY_AFTER_TICKS) {
            away = true;
        }
        return away && silentTicks > 0;
    }

    /** It was answered. Returns for how long it had not been when that was long enough to tell, until {@link #told}. */
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

    /** That it is back has been told. */
    synchronized void told(long nanoNow) {
        away = false;
        answeredNanos = nanoNow;
    }

    /**
     * Whether what is overdue is so for another reason than that this worker could not reach the database or was frozen, or has only just
     * come back.
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

    /** Why the last check-in failed; null when it waits or was answered. */
    synchronized @Nullable String lastError() {
        return lastError;
    }
}
