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

/** Observations that wait to be written: at most one of each avatar, in the order in which they will be. For any number of threads. */
final class KeptObservations {
    private final int max;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final Condition room = lock.newCondition();

    /** Guarded by the lock, as all below. */
    private final Map<AvatarId, Kept> kept = new LinkedHashMap<>();

    private boolean open;

    private record Kept(Observation observation, int tries) {}

    /** @param max how many have room */
    KeptObservations(int max) {
        this.max = max;
    }

    /** What became of an observation that was offered. */
    enum Offered {
        KEPT,
        /** One of the same avatar is kept already: it was made meanwhile. */
        OVERTAKEN,
        FULL,
        /** Nothing is kept now. */
        CLOSED
    }

    /** Keeps nothing until this is called. */
    void open() {
        lock.lock();
        try {
            open = true;
        } finally {
            lock.unlock();
        }
    }

    /** Keeps nothing more; what is kept stays. */
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

    /** Keeps it, after waiting at most this long for room. */
    Offered offer(Observation observation, Duration patience) {
        lock.lock();
        try {
            awaitRoom(patience);
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

    private void awaitRoom(Duration patience) {
        long left = patience.toNanos();
        try {
            while (open && kept.size() >= max && left > 0) {
                left = room.awaitNanos(left);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Waits until there is one, and then until the delay has passed or there is a whole group.
     *
     * @return false when nothing more is kept: what there is should be written at once
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
            // Nobody interrupts the thread that writes; were it done, the next group comes early.
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
     * Puts one behind all others.
     *
     * @return false when it was tried that often: it is not kept any more then
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
