package avatarmonitor.schedule.batch;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * When the threads that fire look for due triggers, one at a time: again at once while they find more than can be taken, otherwise in
 * time for the next trigger that is known, but never sooner than {@link #SPACING} after the last look, so that what becomes due
 * together fires together; and never later than {@link #IDLE_MAX}, since another process may have stored a trigger. Whoever has got a
 * turn says what it found, before anybody gets the next one.
 */
final class PollPacer {
    /** Half of it is how late a trigger fires on average. */
    static final Duration SPACING = Duration.ofMillis(60);

    /** The same after a look that found {@link #MANY} or more: fewer statements for each trigger, where there are most of them. */
    static final Duration SPACING_OF_MANY = Duration.ofMillis(100);

    static final int MANY = 50;

    /** The longest time until a trigger that another process stored is seen. */
    static final Duration IDLE_MAX = Duration.ofMillis(500);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean open;
    private boolean ended;
    private boolean woken;
    /** Who has the turn. */
    private @Nullable Thread looking;

    private long last = System.nanoTime() - SPACING.toNanos();
    private long next = System.nanoTime();
    /** Nobody gets a turn before this time, whatever was found. */
    private long notBefore = next;

    /** Lets the threads fire from now on. */
    void open() {
        lock.lock();
        try {
            open = !ended;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Gives no turn until it is opened again. */
    void close() {
        lock.lock();
        try {
            open = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Gives no turn any more. */
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

    /** Waits while it is closed; false when the turns have ended. */
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

    /** Something new may be due: the next turn is the earliest possible. */
    void wake() {
        lock.lock();
        try {
            woken = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the next turn, which lasts until what was found is told; false when they have ended. */
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

    /** After a look that found as much as it could take: there may be more. */
    void more() {
        nextIn(0);
    }

    /** After a look that took all there was: others become due meanwhile. */
    void pauseAfter(int taken) {
        nextIn((taken >= MANY ? SPACING_OF_MANY : SPACING).toMillis());
    }

    /** After a look that found nothing. */
    void pauseUntilDue(long millis) {
        nextIn(Math.max(SPACING.toMillis(), Math.min(millis, IDLE_MAX.toMillis())));
    }

    /** Nobody looks for so long; also said by somebody who has told already what was found. */
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
                // It has told already, and somebody else looks meanwhile.
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
