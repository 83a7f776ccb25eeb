package avatarmonitor.fal;

import avatarmonitor.fal.FalAnswer.AccessRefused;
import avatarmonitor.fal.FalAnswer.Held;
import avatarmonitor.fal.FalAnswer.RateLimited;
import avatarmonitor.fal.FalAnswer.Unavailable;
import avatarmonitor.fal.FalPauseListener.Refusal;
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
 * Whether fal may be asked now. A refused key, a locked account and a 429 are no matter of one training, so they pause all questions of this
 * worker:
 *
 * <ol>
 *   <li>A refusal pauses: 60 s for the key, {@code Retry-After} for the pace. Everybody else is held meanwhile.
 *   <li>After that, a paused pace lets everybody go on; a paused key lets exactly one question through, the probe, and holds
 *       the others until the probe has its answer.
 *   <li>A refusal pauses again, an answer ends the episode, and no answer at all lets the next question try. So a pause
 *       always ends as soon as fal answers, whatever happened to the probe.
 *   <li>A paused pace is over by time as well, {@link #PACE_GRACE} after its end: a worker that has nothing more to ask gets no answer
 *       that could end it. A refused key is mended by people, so only an answer shows that it is.
 * </ol>
 */
final class FalPause {
    /** A key is mended by people; asking once a minute finds out soon enough. */
    static final Duration ACCESS_PAUSE = Duration.ofSeconds(60);
    /** How long to hold a question that comes while the probe is under way. */
    static final Duration PROBE_WAIT = Duration.ofSeconds(5);
    /** How long nothing must be refused after a paused pace: each training is usually asked about once in it. */
    static final Duration PACE_GRACE = Duration.ofSeconds(60);

    private static final Logger log = LoggerFactory.getLogger(FalPause.class);

    private final FalPauseListener listener;
    private final Queue<Runnable> news = new ConcurrentLinkedQueue<>();
    private final AtomicInteger newsCount = new AtomicInteger();

    private @Nullable Episode episode;
    private boolean probing;
    private long refusals;

    FalPause(FalPauseListener listener) {
        this.listener = listener;
    }

    /** One pause from the first refusal to the next answer, or to its end by time. */
    private record Episode(Refusal refusal, Instant since, Instant until, String reason) {
        /** Whether people must act: only an answer shows that they did. */
        boolean access() {
            return refusal != Refusal.PACE;
        }

        /** Whether no pause lasts as long as the rest of this one: the clock was set back. */
        boolean outlastsAll(Instant now) {
            return until.isAfter(now.plus(RetryAfter.MAX));
        }

        boolean overByTime(Instant now) {
            return !access() && (outlastsAll(now) || !now.isBefore(until.plus(PACE_GRACE)));
        }
    }

    /** The right to ask one question. Must be given back with {@link #answered} or {@link #dropped}. */
    record Pass(long refusalsBefore, boolean probe) {}

    /** Why nothing may be asked now, and until when; empty when the next question goes through. */
    synchronized Optional<Held> held(Instant now) {
        if (episode == null) {
            return Optional.empty();
        }
        // After the clock was set back: better ask than wait.
        if (now.isBefore(episode.until) && !episode.outlastsAll(now)) {
            return Optional.of(new Held(episode.until, episode.reason));
        }
        return probing ? Optional.of(new Held(now.plus(PROBE_WAIT), episode.reason)) : Optional.empty();
    }

    /**
     * What is shown to people. Unlike {@link #held} it lasts as long as the key is refused, also while the probe is awaited or under way:
     * who looks then must not take it for mended.
     */
    synchronized Optional<Paused> paused(Instant now) {
        if (episode == null || (!episode.access() && held(now).isEmpty())) {
            return Optional.empty();
        }
        return Optional.of(new Paused(episode.refusal, episode.since, episode.until, episode.reason));
    }

    /** Empty when {@link #held} says so by now. */
    synchronized Optional<Pass> enter(Instant now) {
        if (held(now).isPresent()) {
            return Optional.empty();
        }
        boolean probe = episode != null && episode.access();
        probing |= probe;
        return Optional.of(new Pass(refusals, probe));
    }

    /** What the question came to. */
    void answered(Pass pass, FalAnswer answer, Instant now) {
        settle(pass, answer, now);
        tellNews();
    }

    /** The question was never asked, or broke. */
    synchronized void dropped(Pass pass) {
        probing &= !pass.probe;
    }

    /** Ends a paused pace whose time is over, though nobody asks. */
    void look(Instant now) {
        endByTime(now);
        tellNews();
    }

    private synchronized void endByTime(Instant now) {
        if (episode != null && episode.overByTime(now)) {
            end();
        }
    }

    private synchronized void settle(Pass pass, FalAnswer answer, Instant now) {
        dropped(pass);
        // Whatever comes now belongs to another episode.
        endByTime(now);
        if (answer instanceof AccessRefused refused) {
            Refusal refusal = refused.accountLocked() ? Refusal.ACCOUNT : Refusal.KEY;
            pause(refusal, now, ACCESS_PAUSE, words(refusal) + ": " + refused.detail());
        } else if (answer instanceof RateLimited limited) {
            pause(Refusal.PACE, now, limited.retryAfter(), words(Refusal.PACE));
        } else if (isAnswerOfFal(answer)
                && episode != null
                // An answer to a question from before the last refusal says nothing about now.
                && pass.refusalsBefore == refusals) {
            end();
        }
    }

    /** Whether fal spoke about a request: what is refused for one request only, or not known, says nothing about the key. */
    private static boolean isAnswerOfFal(FalAnswer answer) {
        return !(answer instanceof Unavailable
                || answer instanceof Held
                || answer instanceof FalAnswer.RequestRefused
                || answer instanceof FalAnswer.ApplicationUnknown);
    }

    private void end() {
        episode = null;
        news.add(() -> {
            log.info("polling of fal goes on");
            listener.resumed();
        });
    }

    /** Answers of questions that were under way together may come in any order: the latest end counts. */
    private void pause(Refusal refusal, Instant now, Duration pause, String reason) {
        refusals++;
        Instant until = now.plus(pause);
        Episode before = episode;
        if (before == null) {
            episode = new Episode(refusal, now, until, reason);
            tell(refusal, until, reason);
            return;
        }
        Instant latest = until.isAfter(before.until) ? until : before.until;
        // The first refusal of access names the episode until fal answers: people must act on either, and each change
        // of
        // the name would be told.
        boolean keepsName = before.access();
        episode = new Episode(
                keepsName ? before.refusal : refusal, before.since, latest, keepsName ? before.reason : reason);
        if (episode.access() && !before.access()) {
            tell(refusal, latest, reason);
        }
    }

    private static String words(Refusal refusal) {
        return switch (refusal) {
            case KEY -> "fal rejects the API key";
            case ACCOUNT -> "fal has locked the account";
            case PACE -> "fal asks for fewer requests";
        };
    }

    private void tell(Refusal refusal, Instant until, String reason) {
        news.add(() -> {
            log.atLevel(refusal == Refusal.PACE ? Level.WARN : Level.ERROR)
                    .log("polling of fal pauses until={} reason={}", until, reason);
            listener.paused(refusal, reason, until);
        });
    }

    /** Whoever finds news untold tells all of it, one by one, outside the lock; the others go on. */
    private void tellNews() {
        if (news.isEmpty() || newsCount.getAndIncrement() > 0) {
            return;
        }
        int seen;
        do {
            seen = newsCount.get();
            for (Runnable what = news.poll(); what != null; what = news.poll()) {
                try {
                    what.run();
                } catch (RuntimeException broken) {
                    log.warn("pause listener failed", broken);
                }
            }
        } while (newsCount.addAndGet(-seen) > 0);
    }
}
