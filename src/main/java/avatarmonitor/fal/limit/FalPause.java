package avatarmonitor.fal.limit;

import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.fal.answer.FalAnswer.AccessRefused;
import avatarmonitor.fal.answer.FalAnswer.Held;
import avatarmonitor.fal.answer.FalAnswer.RateLimited;
import avatarmonitor.fal.answer.FalAnswer.Unavailable;
import avatarmonitor.fal.limit.FalPauseListener.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Circuit breaker for requests to fal. A refused key, a locked account and a 429 do not concern a single training, so
 * they pause all requests of this worker:
 *
 * <ol>
 * <li>A refusal pauses: 60 s for key and account, {@code Retry-After} for the rate. Other requests are held meanwhile.
 * <li>After a rate pause all requests go through; after a key pause exactly one does, the probe, and the others are
 * held until it has its answer.
 * <li>A refusal pauses again, an answer ends the pause, and a missing answer lets the next request try. So a pause
 * always ends as soon as fal answers, whatever happened to the probe.
 * <li>A rate pause also expires, {@link #RATE_GRACE} after its end: a worker without further requests gets no answer
 * that could end it. A refused key is corrected by an operator, so only an answer shows that.
 * </ol>
 */
public final class FalPause {
    /** Pause after a refused key or account; operators correct those, so one attempt a minute is enough. */
    public static final Duration ACCESS_PAUSE = Duration.ofSeconds(60);
    /** How long to hold a request that comes while the probe is running. */
    static final Duration PROBE_WAIT = Duration.ofSeconds(5);
    /** Time without a refusal after which a rate pause counts as over: usually each training is checked once in it. */
    public static final Duration RATE_GRACE = Duration.ofSeconds(60);

    private static final Logger log = LoggerFactory.getLogger(FalPause.class);

    private final FalPauseListener listener;
    private final Queue<Runnable> notifications = new ConcurrentLinkedQueue<>();
    private final AtomicInteger notificationCount = new AtomicInteger();

    private @Nullable Paused current;
    private boolean probing;
    private long refusals;
    /** Counts starts, extensions and ends. */
    private long changes;

    /** Local change that has not been written to the shared row. */
    private LocalChange unshared = LocalChange.NOTHING;

    private enum LocalChange {
        NOTHING,
        REFUSAL,
        ANSWER
    }

    public FalPause(FalPauseListener listener) {
        this.listener = listener;
    }

    /** Local change that has not been written to the shared row, see {@link SharedPause}. */
    record LocalFinding(SharedPause.Found found, long changes) {}

    /** Permit for one request. Must be returned with {@link #answered} or {@link #dropped}. */
    public record Permit(long refusalsBefore, boolean probe) {}

    /** Returns why no request may be sent, and until when; empty when the next one may. */
    public synchronized Optional<Held> held(Instant now) {
        if (current == null) {
            return Optional.empty();
        }
        // After the clock was set back a request is better than a long wait.
        if (now.isBefore(current.until()) && !current.outlastsAll(now)) {
            return Optional.of(new Held(current.until(), current.reason()));
        }
        return probing ? Optional.of(new Held(now.plus(PROBE_WAIT), current.reason())) : Optional.empty();
    }

    /**
     * Returns the pause for display. Unlike {@link #held} it lasts as long as the key is refused, even while the probe
     * is pending, so that it does not look corrected then.
     */
    public synchronized Optional<Paused> paused(Instant now) {
        if (current == null || (!current.isAccess() && held(now).isEmpty())) {
            return Optional.empty();
        }
        return Optional.of(current);
    }

    /** Returns a permit; empty when {@link #held} now applies. */
    public synchronized Optional<Permit> enter(Instant now) {
        if (held(now).isPresent()) {
            return Optional.empty();
        }
        boolean probe = current != null && current.isAccess();
        probing |= probe;
        return Optional.of(new Permit(refusals, probe));
    }

    /** Reports the answer to the request. */
    public void answered(Permit permit, FalAnswer answer, Instant now) {
        settle(permit, answer, now);
        notifyListener();
    }

    /** Reports that the request was not sent, or failed unexpectedly. */
    public synchronized void dropped(Permit permit) {
        probing &= !permit.probe;
    }

    /** Moves the next attempt of a pause after a refused key or account, if any, to this time unless it is later. */
    synchronized void holdUntil(Instant time) {
        if (current != null && current.isAccess() && current.until().isBefore(time)) {
            current = new Paused(current.refusal(), current.since(), time, current.reason());
        }
    }

    /** Ends a rate pause that has expired, even when no request is sent. */
    public void expire(Instant now) {
        endByTime(now);
        notifyListener();
    }

    private synchronized void endByTime(Instant now) {
        if (current != null && current.isOverByTime(now)) {
            end();
        }
    }

    private synchronized void settle(Permit permit, FalAnswer answer, Instant now) {
        dropped(permit);
        // This answer belongs to a new pause, if any.
        endByTime(now);
        if (answer instanceof AccessRefused refused) {
            Refusal refusal = refused.accountLocked() ? Refusal.ACCOUNT : Refusal.KEY;
            pause(refusal, now, ACCESS_PAUSE, words(refusal) + ": " + refused.detail());
        } else if (answer instanceof RateLimited limited) {
            pause(Refusal.PACE, now, limited.retryAfter(), words(Refusal.PACE));
        } else if (isAnswerOfFal(answer)
                && current != null
                // An answer to a request sent before the last refusal says nothing about the present.
                && permit.refusalsBefore == refusals) {
            end();
            unshared = LocalChange.ANSWER;
        }
    }

    /**
     * Returns whether fal answered about a request; a refusal of one request only, or an unknown application, says
     * nothing about the key.
     */
    private static boolean isAnswerOfFal(FalAnswer answer) {
        return !(answer instanceof Unavailable
                || answer instanceof Held
                || answer instanceof FalAnswer.RequestRefused
                || answer instanceof FalAnswer.ApplicationUnknown);
    }

    private void end() {
        current = null;
        changes++;
        // An expired pause expires for all.
        unshared = LocalChange.NOTHING;
        notifications.add(() -> {
            log.info("polling of fal goes on");
            listener.resumed();
        });
    }

    private void pause(Refusal refusal, Instant now, Duration pause, String reason) {
        Paused refused = new Paused(refusal, now, now.plus(pause), reason);
        refusedUntil(current == null ? refused : current.joinedBy(refused));
        unshared = LocalChange.REFUSAL;
    }

    /** Starts or extends a pause. */
    private void refusedUntil(Paused next) {
        Paused before = current;
        current = next;
        refusals++;
        changes++;
        if (before == null || (next.isAccess() && !before.isAccess())) {
            reportPause(next.refusal(), next.until(), next.reason());
        }
    }

    /** Returns whether a local change has not been written to the shared row. */
    synchronized boolean isUnshared() {
        return unshared != LocalChange.NOTHING;
    }

    /** @param version of the shared pause that this process knows */
    synchronized LocalFinding unshared(long version) {
        SharedPause.Found found = switch (unshared) {
            case NOTHING -> new SharedPause.Found.Nothing();
            case ANSWER -> new SharedPause.Found.Answered(version);
            case REFUSAL -> current == null ? new SharedPause.Found.Nothing() : new SharedPause.Found.Refused(current);
        };
        return new LocalFinding(found, changes);
    }

    /**
     * Takes over the shared pause, which includes what this process had found.
     *
     * @param changed whether it has changed since the last exchange
     * @return false when this process has found something else meanwhile, which comes first
     */
    synchronized boolean adopt(LocalFinding mine, SharedPause.Known known, boolean changed, Instant now) {
        if (changes != mine.changes) {
            return false;
        }
        unshared = LocalChange.NOTHING;
        if (!changed) {
            return true;
        }
        Paused next = known.pause();
        if (known.over()) {
            if (current != null) {
                end();
            }
        } else if (current != null
                && current.isAccess()
                && current.refusal() == next.refusal()
                && !current.isAbout(next)) {
            // Another process made or makes the attempt. The answer to an earlier attempt of this one still counts:
            // nothing but attempts is sent during such a pause.
            current = next;
            changes++;
        } else if (current == null ? next.isAccess() || now.isBefore(next.until()) : !current.isAbout(next)) {
            refusedUntil(next);
        }
        return true;
    }

    /** The shared pause was deleted: this one is shared again, unless it is over. */
    synchronized void missing(LocalFinding mine, Instant now) {
        if (changes == mine.changes) {
            boolean lasts = current != null && (current.isAccess() || now.isBefore(current.until()));
            unshared = lasts ? LocalChange.REFUSAL : LocalChange.NOTHING;
        }
    }

    private static String words(Refusal refusal) {
        return switch (refusal) {
            case KEY -> "fal rejects the API key";
            case ACCOUNT -> "fal has locked the account";
            case PACE -> "fal asks for fewer requests";
        };
    }

    private void reportPause(Refusal refusal, Instant until, String reason) {
        notifications.add(() -> {
            log.atLevel(refusal == Refusal.PACE ? Level.WARN : Level.ERROR)
                    .log("polling of fal pauses until={} reason={}", until, reason);
            listener.paused(refusal, reason, until);
        });
    }

    /**
     * Calls the listener for queued changes, in order and outside the lock; one thread does so while others continue.
     */
    void notifyListener() {
        if (notifications.isEmpty() || notificationCount.getAndIncrement() > 0) {
            return;
        }
        int seen;
        do {
            seen = notificationCount.get();
            for (Runnable what = notifications.poll(); what != null; what = notifications.poll()) {
                try {
                    what.run();
                } catch (RuntimeException | Error broken) {
                    log.warn("pause listener failed", broken);
                }
            }
        } while (notificationCount.addAndGet(-seen) > 0);
    }
}
