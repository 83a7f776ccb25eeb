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
 * <li>A rate pause also expires, {@link #PACE_GRACE} after its end: a worker without further requests gets no answer
 * that could end it. A refused key is corrected by an operator, so only an answer shows that.
 * </ol>
 */
public final class FalPause {
    /** Pause after a refused key or account; operators correct those, so one attempt a minute is enough. */
    public static final Duration ACCESS_PAUSE = Duration.ofSeconds(60);
    /** How long to hold a request that comes while the probe is running. */
    static final Duration PROBE_WAIT = Duration.ofSeconds(5);
    /** Time without a refusal after which a rate pause counts as over: usually each training is checked once in it. */
    public static final Duration PACE_GRACE = Duration.ofSeconds(60);

    private static final Logger log = LoggerFactory.getLogger(FalPause.class);

    private final FalPauseListener listener;
    private final Queue<Runnable> notifications = new ConcurrentLinkedQueue<>();
    private final AtomicInteger notificationCount = new AtomicInteger();

    private @Nullable Paused episode;
    private boolean probing;
    private long refusals;
    /** Counts starts, extensions and ends. */
    private long changes;

    /** What the others do not know yet. */
    private Unknown unshared = Unknown.NOTHING;

    private enum Unknown {
        NOTHING,
        REFUSAL,
        ANSWER
    }

    public FalPause(FalPauseListener listener) {
        this.listener = listener;
    }

    /** What the other processes do not know yet, see {@link SharedPause}. */
    record Unshared(SharedPause.Found found, long changes) {}

    /** Permit for one request. Must be returned with {@link #answered} or {@link #dropped}. */
    public record Pass(long refusalsBefore, boolean probe) {}

    /** Returns why no request may be sent, and until when; empty when the next one may. */
    public synchronized Optional<Held> held(Instant now) {
        if (episode == null) {
            return Optional.empty();
        }
        // After the clock was set back a request is better than a long wait.
        if (now.isBefore(episode.until()) && !episode.outlastsAll(now)) {
            return Optional.of(new Held(episode.until(), episode.reason()));
        }
        return probing ? Optional.of(new Held(now.plus(PROBE_WAIT), episode.reason())) : Optional.empty();
    }

    /**
     * Returns the pause for display. Unlike {@link #held} it lasts as long as the key is refused, even while the probe
     * is pending, so that it does not look corrected then.
     */
    public synchronized Optional<Paused> paused(Instant now) {
        if (episode == null || (!episode.isAccess() && held(now).isEmpty())) {
            return Optional.empty();
        }
        return Optional.of(episode);
    }

    /** Returns a permit; empty when {@link #held} now applies. */
    public synchronized Optional<Pass> enter(Instant now) {
        if (held(now).isPresent()) {
            return Optional.empty();
        }
        boolean probe = episode != null && episode.isAccess();
        probing |= probe;
        return Optional.of(new Pass(refusals, probe));
    }

    /** Reports the answer to the request. */
    public void answered(Pass pass, FalAnswer answer, Instant now) {
        settle(pass, answer, now);
        notifyListener();
    }

    /** Reports that the request was not sent, or failed unexpectedly. */
    public synchronized void dropped(Pass pass) {
        probing &= !pass.probe;
    }

    /** Ends an expired rate pause even when no request is sent. */
    public void look(Instant now) {
        endByTime(now);
        notifyListener();
    }

    private synchronized void endByTime(Instant now) {
        if (episode != null && episode.isOverByTime(now)) {
            end();
        }
    }

    private synchronized void settle(Pass pass, FalAnswer answer, Instant now) {
        dropped(pass);
        // This answer belongs to a new pause, if any.
        endByTime(now);
        if (answer instanceof AccessRefused refused) {
            Refusal refusal = refused.accountLocked() ? Refusal.ACCOUNT : Refusal.KEY;
            pause(refusal, now, ACCESS_PAUSE, words(refusal) + ": " + refused.detail());
        } else if (answer instanceof RateLimited limited) {
            pause(Refusal.PACE, now, limited.retryAfter(), words(Refusal.PACE));
        } else if (isAnswerOfFal(answer)
                && episode != null
                // An answer to a request sent before the last refusal says nothing about the present.
                && pass.refusalsBefore == refusals) {
            end();
            unshared = Unknown.ANSWER;
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
        episode = null;
        changes++;
        // An expired pause expires for all.
        unshared = Unknown.NOTHING;
        notifications.add(() -> {
            log.info("polling of fal goes on");
            listener.resumed();
        });
    }

    private void pause(Refusal refusal, Instant now, Duration pause, String reason) {
        Paused refused = new Paused(refusal, now, now.plus(pause), reason);
        refusedUntil(episode == null ? refused : episode.joinedBy(refused));
        unshared = Unknown.REFUSAL;
    }

    /** Starts or extends a pause. */
    private void refusedUntil(Paused next) {
        Paused before = episode;
        episode = next;
        refusals++;
        changes++;
        if (before == null || (next.isAccess() && !before.isAccess())) {
            reportPause(next.refusal(), next.until(), next.reason());
        }
    }

    /** Returns whether the others do not know what this process has found. */
    synchronized boolean isUnshared() {
        return unshared != Unknown.NOTHING;
    }

    /** @param version of the shared pause that this process knows */
    synchronized Unshared unshared(long version) {
        SharedPause.Found found = switch (unshared) {
            case NOTHING -> new SharedPause.Found.Nothing();
            case ANSWER -> new SharedPause.Found.Answered(version);
            case REFUSAL -> episode == null ? new SharedPause.Found.Nothing() : new SharedPause.Found.Refused(episode);
        };
        return new Unshared(found, changes);
    }

    /**
     * Takes over the shared pause, which includes what this process had found.
     *
     * @param changed whether it has changed since the last exchange
     * @return false when this process has found something else meanwhile, which comes first
     */
    synchronized boolean adopt(Unshared mine, SharedPause.Known known, boolean changed, Instant now) {
        if (changes != mine.changes) {
            return false;
        }
        unshared = Unknown.NOTHING;
        if (!changed) {
            return true;
        }
        Paused next = known.pause();
        if (known.over()) {
            if (episode != null) {
                end();
            }
        } else if (episode == null ? next.isAccess() || now.isBefore(next.until()) : !episode.isAbout(next)) {
            refusedUntil(next);
        }
        return true;
    }

    /** The shared pause was deleted: this one is shared again, unless it is over. */
    synchronized void missing(Unshared mine, Instant now) {
        if (changes == mine.changes) {
            boolean lasts = episode != null && (episode.isAccess() || now.isBefore(episode.until()));
            unshared = lasts ? Unknown.REFUSAL : Unknown.NOTHING;
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
