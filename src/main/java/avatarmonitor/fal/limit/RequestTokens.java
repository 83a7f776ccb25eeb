package avatarmonitor.fal.limit;

import avatarmonitor.fal.limit.RateLimit.Grant;
import avatarmonitor.fal.limit.RateLimit.Lane;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The requests that this process may send: reserves slots of a {@link RateLimit} for all waiting threads and for those
 * expected within {@link #PREFETCH}, so that many requests take one reservation. One thread reserves while the others
 * wait for it.
 */
public final class RequestTokens {
    /** Validity of a slot after its time. In any period, the limit can be exceeded by at most this share of it. */
    static final Duration VALID = Duration.ofMillis(200);

    /** Slots for the requests of this time are reserved in advance. */
    private static final Duration PREFETCH = Duration.ofMillis(100);

    /** A reservation that took longer is dropped: other processes may have passed its slots long ago. */
    private static final Duration RESERVED_WITHIN = Duration.ofSeconds(1);

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final RateLimit limit;
    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** Times of reserved slots by {@link #nanoTime}, in order. Guarded by the lock, like all below. */
    private final Deque<Long> times = new ArrayDeque<>();

    private int waiting;
    private boolean reserving;
    private long refusals;
    private long second;
    private int askedInSecond;
    private int askedInSecondBefore;

    public RequestTokens(RateLimit limit, LongSupplier nanoTime) {
        this.limit = limit;
        this.nanoTime = nanoTime;
        this.second = nanoTime.getAsLong();
    }

    /**
     * Takes the right to send one request.
     *
     * @return how many nanoseconds to wait before it is sent, negative when its time has passed; empty when no slot is
     *     free within {@link RateSlots#HORIZON}
     * @throws RuntimeException see {@link RateLimit#reserve}
     */
    public OptionalLong take(Lane lane) throws InterruptedException {
        return lane == Lane.OPERATOR ? takeOne() : takeShared();
    }

    /** Returns the time of a request that {@link #take} has just answered so, for {@link #isValid}. */
    public long after(long nanos) {
        return nanoTime.getAsLong() + nanos;
    }

    /** Returns whether a request that was due at this time may still be sent without exceeding the limit. */
    public boolean isValid(long time) {
        return nanoTime.getAsLong() - time <= VALID.toNanos();
    }

    private OptionalLong takeOne() {
        Grant grant = limit.reserve(1, Lane.OPERATOR);
        return grant.count() == 0 ? OptionalLong.empty() : OptionalLong.of(grant.delayNanos());
    }

    private OptionalLong takeShared() throws InterruptedException {
        lock.lockInterruptibly();
        waiting++;
        try {
            count(nanoTime.getAsLong());
            long refusalsBefore = refusals;
            long left = RateSlots.HORIZON.toNanos();
            while (true) {
                long now = nanoTime.getAsLong();
                while (!times.isEmpty() && times.getFirst() + VALID.toNanos() - now < 0) {
                    times.removeFirst();
                }
                if (!times.isEmpty()) {
                    return OptionalLong.of(times.removeFirst() - now);
                }
                if (refusals != refusalsBefore || left <= 0) {
                    return OptionalLong.empty();
                }
                if (reserving) {
                    left = changed.awaitNanos(left);
                } else {
                    left -= reserve(waiting + expected());
                }
            }
        } finally {
            waiting--;
            lock.unlock();
        }
    }

    /** Returns how long the reservation took, in nanoseconds. */
    private long reserve(int wanted) {
        reserving = true;
        lock.unlock();
        long sent = nanoTime.getAsLong();
        long now = sent;
        Grant grant = null;
        try {
            grant = limit.reserve(wanted, Lane.CHECK);
            now = nanoTime.getAsLong();
        } finally {
            lock.lock();
            reserving = false;
            // Waiting threads find slots or the refusal.
            changed.signalAll();
            if (grant == null || grant.count() == 0) {
                refusals++;
            }
        }
        if (now - sent <= RESERVED_WITHIN.toNanos()) {
            for (int i = 0; i < grant.count(); i++) {
                times.addLast(now + grant.delayNanos() + i * grant.stepNanos());
            }
        }
        return now - sent;
    }

    private void count(long now) {
        long seconds = (now - second) / SECOND;
        if (seconds > 0) {
            askedInSecondBefore = seconds == 1 ? askedInSecond : 0;
            askedInSecond = 0;
            second += seconds * SECOND;
        }
        askedInSecond++;
    }

    /** Returns the number of requests expected within {@link #PREFETCH}, from the rate of the last second. */
    private int expected() {
        return (int) (Math.max(askedInSecond, askedInSecondBefore) * PREFETCH.toNanos() / SECOND);
    }
}
