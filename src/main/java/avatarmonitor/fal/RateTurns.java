package avatarmonitor.fal;

import avatarmonitor.fal.LimitedFalQueue.Waiting;
import avatarmonitor.fal.answer.FalAnswer.Held;
import avatarmonitor.fal.limit.RateLimit.Lane;
import avatarmonitor.fal.limit.RequestTokens;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits for the times at which the rate limit allows requests of one kind. */
final class RateTurns {
    /** How often a request waits for a turn: a process that was frozen when its turn came waits for another one. */
    private static final int TURNS_MAX = 2;

    /** How often a request of a hint asks again for a turn when the limit is used up. */
    static final int HINT_RETRIES = 5;

    /**
     * Time between these attempts: far less than turns are reserved ahead, so that none stays unused while hints wait.
     */
    static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private static final Logger log = LoggerFactory.getLogger(RateTurns.class);

    private final RequestTokens tokens;
    private final Lane lane;
    private final int retries;
    private final Waiting waiting;
    private final CountDownLatch closed;
    private final InstantSource clock;

    /**
     * @param retries how often to ask again when the limit is used up
     * @param closed opens at the close, which ends every wait
     */
    RateTurns(
            RequestTokens tokens, Lane lane, int retries, Waiting waiting, CountDownLatch closed, InstantSource clock) {
        this.tokens = tokens;
        this.lane = lane;
        this.retries = retries;
        this.waiting = waiting;
        this.closed = closed;
        this.clock = clock;
    }

    /** Waits for a turn; returns why there is none. */
    Optional<Held> await() throws InterruptedException {
        int refused = 0;
        int missed = 0;
        while (missed < TURNS_MAX) {
            OptionalLong turn;
            try {
                turn = tokens.take(lane);
            } catch (RuntimeException unreachable) {
                log.debug("rate limit cannot be reached", unreachable);
                return Optional.of(new Held(clock.instant(), "the rate limit of the cluster cannot be reached"));
            }
            if (turn.isEmpty() && refused == retries) {
                return Optional.of(
                        new Held(clock.instant().plus(LimitedFalQueue.WAIT_MAX), "fal.requests-per-second is used up"));
            }
            long due = tokens.after(turn.orElse(0));
            Duration wait = turn.isEmpty() ? RETRY_AFTER : Duration.ofNanos(Math.max(0, turn.getAsLong()));
            if (waiting.opened(closed, wait)) {
                return Optional.of(new Held(clock.instant(), "the worker is stopping"));
            }
            if (turn.isEmpty()) {
                refused++;
            } else if (tokens.isValid(due)) {
                return Optional.empty();
            } else {
                missed++;
            }
        }
        return Optional.of(new Held(clock.instant(), "this worker missed its turns of fal.requests-per-second"));
    }
}
