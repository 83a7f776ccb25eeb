package avatarmonitor.schedule.batch;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
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

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
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
    void open() {
        lock.lock();
        try {
            open = !ended;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Gives no turns until it is opened again. */
    void close() {
        lock.lock();
        try {
            open = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Ends for good: gives no turns any more. */
    void end() {
        lock.lock();
        try {
            open = false;
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean isOpen() {
        lock.lock();
        try {
            return open;
        } finally {
            lock.unlock();
        }
    }

    /** Waits while it is closed; returns false when it has ended. */
    boolean awaitOpen() {
        lock.lock();
        try {
            while (!open && !ended) {
                changed.await();
            }
            return !ended;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** A trigger may have become due: makes the next turn start as early as possible. */
    void wake() {
        lock.lock();
        try {
            woken = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the next turn, which lasts until its result is reported; returns false when the pacer has ended. */
    boolean await() {
        lock.lock();
        try {
            while (!ended) {
                if (!open || looking != null) {
                    changed.await();
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
                changed.awaitNanos(turn - now);
            }
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
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
    void pause(Duration pause) {
        lock.lock();
        try {
            notBefore = System.nanoTime() + pause.toNanos();
            more();
        } finally {
            lock.unlock();
        }
    }

    private void nextIn(long millis) {
        lock.lock();
        try {
            if (looking != Thread.currentThread()) {
                // The result was already reported, and another thread has the turn.
                return;
            }
            looking = null;
            next = millis == 0
                    ? System.nanoTime()
                    : last + Duration.ofMillis(millis).toNanos();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
