package avatarmonitor.schedule.batch;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Poll pacer: schedules when the polling threads search for due triggers, one at a time. The next turn comes at once
 * when a search found more than it could take, otherwise in time for the next known trigger, but never sooner than
 * {@link #SPACING} after the last turn, so that triggers that become due together fire together; and never later than
 * {@link #IDLE_MAX}, since another process may have stored a trigger. The thread whose turn it is reports its result
 * before another one gets a turn.
 */
final class PollPacer {
    /** Minimum time between turns; the average delay of a trigger is half of it. */
    static final Duration SPACING = Duration.ofMillis(60);

    /** Minimum time after a search that found {@link #MANY} or more: fewer statements per trigger under high load. */
    static final Duration SPACING_OF_MANY = Duration.ofMillis(100);

    static final int MANY = 50;

    /** Longest time until a trigger that another process stored is noticed. */
    static final Duration IDLE_MAX = Duration.ofMillis(500);

    private boolean open;
    private boolean ended;
    private boolean woken;
    /** Thread whose turn it is. */
    private @Nullable Thread looking;

    private long last = System.nanoTime() - SPACING.toNanos();
    private long next = System.nanoTime();
    /** No turn starts before this time, whatever was found. */
    private long notBefore = next;

    /** Starts giving turns. */
    synchronized void open() {
        open = !ended;
        notifyAll();
    }

    /** Gives no turns until it is opened again. */
    synchronized void close() {
        open = false;
        notifyAll();
    }

    /** Ends for good: gives no turns any more. */
    synchronized void end() {
        open = false;
        ended = true;
        notifyAll();
    }

    synchronized boolean isOpen() {
        return open;
    }

    /** Waits while it is closed; returns false when it has ended. */
    synchronized boolean awaitOpen() {
        try {
            while (!open && !ended) {
                wait();
            }
            return !ended;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** A trigger may have become due: makes the next turn start as early as possible. */
    synchronized void wake() {
        woken = true;
        notifyAll();
    }

    /** Waits for the next turn, which lasts until its result is reported; returns false when the pacer has ended. */
    synchronized boolean await() {
        try {
            while (!ended) {
                if (!open || looking != null) {
                    wait();
                    continue;
                }
                long now = System.nanoTime();
                long turn = woken && next - last > SPACING.toNanos() ? last + SPACING.toNanos() : next;
                turn = notBefore - turn > 0 ? notBefore : turn;
                if (turn - now <= 0) {
                    woken = false;
                    looking = Thread.currentThread();
                    last = now;
                    return true;
                }
                TimeUnit.NANOSECONDS.timedWait(this, turn - now);
            }
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Reports a search that reached its limit: there may be more. */
    void more() {
        nextIn(0);
    }

    /** Reports a search that took all due triggers. */
    void pauseAfter(int taken) {
        nextIn((taken >= MANY ? SPACING_OF_MANY : SPACING).toMillis());
    }

    /** Reports a search that found nothing. */
    void pauseUntilDue(long millis) {
        nextIn(Math.max(SPACING.toMillis(), Math.min(millis, IDLE_MAX.toMillis())));
    }

    /** Gives no turn for this long; may be called after the result of the turn was reported. */
    synchronized void pause(Duration pause) {
        notBefore = System.nanoTime() + pause.toNanos();
        more();
    }

    private synchronized void nextIn(long millis) {
        if (looking != Thread.currentThread()) {
            // The result was already reported, and another thread has the turn.
            return;
        }
        looking = null;
        next = millis == 0
                ? System.nanoTime()
                : last + Duration.ofMillis(millis).toNanos();
        notifyAll();
    }
}
