package avatarmonitor.check;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.background.GuardedWait;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Bounded queue of pending check results: at most one per avatar, in write order. Thread-safe. */
final class PendingObservations {
    private final int max;
    private final Map<AvatarId, Kept> kept = new LinkedHashMap<>();
    private boolean open;

    private record Kept(Observation observation, int tries) {}

    /** @param max capacity */
    PendingObservations(int max) {
        this.max = max;
    }

    enum Offered {
        KEPT,
        /** A result of the same avatar is already pending: it was made meanwhile. */
        OVERTAKEN,
        FULL,
        /** Accepts nothing now. */
        CLOSED
    }

    /** Starts accepting results. */
    synchronized void open() {
        open = true;
    }

    /** Accepts nothing more; pending results stay. */
    synchronized void close() {
        open = false;
        notifyAll();
    }

    /** Adds a result; waits for capacity at most this long. */
    synchronized Offered offer(Observation observation, Duration timeout) {
        awaitCapacity(timeout);
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
        notifyAll();
        return Offered.KEPT;
    }

    private synchronized void awaitCapacity(Duration timeout) {
        try {
            boolean unused = GuardedWait.until(this, () -> !open || kept.size() < max, timeout);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Waits until a result is pending, and then until the delay has passed or a full group is pending.
     *
     * @return false when it is closed: pending results should be written at once
     */
    synchronized boolean awaitGroup(Duration delay, int group) {
        try {
            while (open && kept.isEmpty()) {
                wait();
            }
            boolean unused = GuardedWait.until(this, () -> !open || kept.size() >= group, delay);
        } catch (InterruptedException unwanted) {
            // The writing thread is never interrupted; an interrupt would only make the next group come early.
            return open;
        }
        return open;
    }

    synchronized List<Observation> eldest(int limit) {
        return kept.values().stream().limit(limit).map(Kept::observation).toList();
    }

    synchronized @Nullable Observation find(AvatarId id) {
        Kept found = kept.get(id);
        return found == null ? null : found.observation();
    }

    synchronized void remove(List<Observation> done) {
        done.forEach(one -> kept.remove(one.id()));
        notifyAll();
    }

    /**
     * Moves a result to the end of the queue after a failed attempt.
     *
     * @return false when it has reached the limit of attempts: it is removed then
     */
    synchronized boolean again(Observation observation, int triesMax) {
        Kept before = kept.remove(observation.id());
        if (before == null || before.tries() + 1 >= triesMax) {
            return false;
        }
        kept.put(observation.id(), new Kept(observation, before.tries() + 1));
        return true;
    }

    synchronized int size() {
        return kept.size();
    }
}
