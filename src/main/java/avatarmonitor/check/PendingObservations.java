package avatarmonitor.check;

import avatarmonitor.avatar.AvatarId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Bounded queue of pending check results: at most one per avatar, in write order. Thread-safe. */
final class PendingObservations {
    private final int max;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final Condition room = lock.newCondition();

    /** This and all fields below are guarded by the lock. */
    private final Map<AvatarId, Kept> kept = new LinkedHashMap<>();

    private boolean open;

    private record Kept(Observation observation, int tries) {}

    /** @param max capacity */
    PendingObservations(int max) {
        this.max = max;
    }

    /** Outcome of an offer. */
    enum Offered {
        KEPT,
        /** A result of the same avatar is already pending: it was made meanwhile. */
        OVERTAKEN,
        FULL,
        /** Accepts nothing now. */
        CLOSED
    }

    /** Starts accepting results. */
    void open() {
        lock.lock();
        try {
            open = true;
        } finally {
            lock.unlock();
        }
    }

    /** Accepts nothing more; pending results stay. */
    void close() {
        lock.lock();
        try {
            open = false;
            work.signalAll();
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Adds a result; waits for capacity at most this long. */
    Offered offer(Observation observation, Duration timeout) {
        lock.lock();
        try {
            awaitRoom(timeout);
            if (!open) {
                return Offered.CLOSED;
            }
            if (kept.containsKey(observation.id())) {
                return Offered.OVERTAKEN;
            }
            if (kept.size() >= max) {
                return Offered.FULL;
            }
            kept.put(observation.id(), new Kept(observation, 0));
            work.signalAll();
            return Offered.KEPT;
        } finally {
            lock.unlock();
        }
    }

    private void awaitRoom(Duration timeout) {
        long left = timeout.toNanos();
        try {
            while (open && kept.size() >= max && left > 0) {
                left = room.awaitNanos(left);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Waits until a result is pending, and then until the delay has passed or a full group is pending.
     *
     * @return false when it is closed: pending results should be written at once
     */
    boolean awaitGroup(Duration delay, int group) {
        lock.lock();
        try {
            while (open && kept.isEmpty()) {
                work.awaitUninterruptibly();
            }
            long left = delay.toNanos();
            while (open && left > 0 && kept.size() < group) {
                left = work.awaitNanos(left);
            }
            return open;
        } catch (InterruptedException unwanted) {
            // The writing thread is never interrupted; an interrupt would only make the next group come early.
            return open;
        } finally {
            lock.unlock();
        }
    }

    List<Observation> eldest(int limit) {
        lock.lock();
        try {
            List<Observation> eldest = new ArrayList<>();
            for (Kept one : kept.values()) {
                if (eldest.size() == limit) {
                    break;
                }
                eldest.add(one.observation());
            }
            return eldest;
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    Observation find(AvatarId id) {
        lock.lock();
        try {
            Kept found = kept.get(id);
            return found == null ? null : found.observation();
        } finally {
            lock.unlock();
        }
    }

    void remove(List<Observation> done) {
        lock.lock();
        try {
            done.forEach(one -> kept.remove(one.id()));
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Moves a result to the end of the queue after a failed attempt.
     *
     * @return false when it has reached the limit of attempts: it is removed then
     */
    boolean again(Observation observation, int triesMax) {
        lock.lock();
        try {
            Kept before = kept.remove(observation.id());
            if (before == null || before.tries() + 1 >= triesMax) {
                return false;
            }
            kept.put(observation.id(), new Kept(observation, before.tries() + 1));
            return true;
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return kept.size();
        } finally {
            lock.unlock();
        }
    }
}
