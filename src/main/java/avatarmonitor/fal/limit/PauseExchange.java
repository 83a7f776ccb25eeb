package avatarmonitor.fal.limit;

import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.fal.limit.FalPause.LocalFinding;
import avatarmonitor.fal.limit.FalPause.Permit;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shares the pause of this process with all that use the same key: before the first request, after each refusal, and
 * whenever {@link #exchange} is called. While the shared row is unavailable, the pause holds for this process alone
 * and is shared later.
 */
public final class PauseExchange {
    private static final Logger log = LoggerFactory.getLogger(PauseExchange.class);

    private final FalPause pause;
    private final SharedPause shared;
    private final ReentrantLock exchanging = new ReentrantLock();
    private volatile boolean begun;
    /** Earliest time of the next attempt of this process, if its last one has no answer: the others come first. */
    private volatile Instant nextAttempt = Instant.MIN;

    private long version;

    public PauseExchange(FalPause pause, SharedPause shared) {
        this.pause = pause;
        this.shared = shared;
    }

    /** Learns of a pause that began before this process, before its first request. */
    public void begin(Instant now) {
        if (begun) {
            return;
        }
        exchanging.lock();
        try {
            if (!begun) {
                quietly(now);
            }
        } finally {
            exchanging.unlock();
        }
    }

    /** As {@link FalPause#enter}; an attempt with a refused key is made by one process at a time. */
    public Optional<Permit> enter(Instant now) {
        Optional<Permit> permit = pause.enter(now);
        if (permit.isEmpty() || !permit.get().probe()) {
            return permit;
        }
        boolean claimed = false;
        try {
            claimed = claimed(now);
        } finally {
            // Also after an Error: otherwise no later attempt is made.
            if (!claimed) {
                pause.dropped(permit.get());
            }
        }
        if (!claimed) {
            quietly(now);
        }
        return claimed ? permit : Optional.empty();
    }

    /** As {@link FalPause#answered}; shares a refusal, or the end of a pause. */
    public void answered(Permit permit, FalAnswer answer, Instant now) {
        pause.answered(permit, answer, now);
        if (permit.probe()) {
            // Otherwise a process that does not reach fal could reserve all attempts.
            pause.holdUntil(nextAttempt);
        }
        if (pause.isUnshared()) {
            quietly(now);
        }
    }

    /**
     * Writes what this process found, and takes over what others found. Does nothing while another thread does so.
     *
     * @throws RuntimeException when the shared row is unavailable
     */
    public void exchange(Instant now) {
        if (!exchanging.tryLock()) {
            return;
        }
        try {
            LocalFinding mine = pause.unshared(version);
            Optional<SharedPause.Known> known = shared.exchange(mine.found(), now);
            begun = true;
            if (known.isEmpty()) {
                pause.missing(mine, now);
            } else if (pause.adopt(mine, known.get(), known.get().version() != version, now)
                    || mine.found() instanceof SharedPause.Found.Refused) {
                version = known.get().version();
            }
        } finally {
            exchanging.unlock();
        }
        pause.notifyListener();
    }

    private void quietly(Instant now) {
        try {
            exchange(now);
        } catch (RuntimeException unreachable) {
            log.debug("polling pause cannot be shared", unreachable);
        }
    }

    private boolean claimed(Instant now) {
        if (!exchanging.tryLock()) {
            return false;
        }
        try {
            Optional<SharedPause.Claim> claim = shared.claim(version);
            if (claim.isPresent()) {
                version = claim.get().version();
                Duration maxWait = claim.get().maxWait();
                nextAttempt = maxWait.isZero() ? now : now.plus(maxWait).plus(FalPause.PROBE_WAIT);
            }
            return claim.isPresent();
        } catch (RuntimeException unreachable) {
            log.debug("attempt cannot be reserved", unreachable);
            return false;
        } finally {
            exchanging.unlock();
        }
    }
}
