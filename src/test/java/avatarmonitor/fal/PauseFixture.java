package avatarmonitor.fal;

import static avatarmonitor.fal.FalFixture.REQUEST;

import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.fal.answer.FalAnswer.AccessRefused;
import avatarmonitor.fal.answer.FalAnswer.InProgress;
import avatarmonitor.fal.limit.FalLimits;
import avatarmonitor.fal.limit.FalPauseListener;
import avatarmonitor.fal.limit.FalPauseListener.Refusal;
import avatarmonitor.fal.limit.SharedPause;
import avatarmonitor.testing.LocalRateLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** A limited queue with a recording listener. */
final class PauseFixture {
    static final InProgress ANSWER = new InProgress(5);
    static final AccessRefused REFUSED = new AccessRefused(401, "bad key");

    final SettableClock clock = new SettableClock();
    final AtomicLong nanos = new AtomicLong();
    final Queue<String> told = new ConcurrentLinkedQueue<>();
    final Queue<Refusal> refusals = new ConcurrentLinkedQueue<>();
    final FakeFalQueue fal = new FakeFalQueue();
    final LimitedFalQueue queue = limited(2, 5);

    LimitedFalQueue limited(int concurrency, int requestsPerSecond) {
        FalPauseListener listener = new FalPauseListener() {
            @Override
            public void paused(Refusal refusal, String reason, Instant until) {
                told.add("paused " + Duration.between(clock.instant(), until));
                refusals.add(refusal);
            }

            @Override
            public void resumed() {
                told.add("resumed");
            }
        };
        return new LimitedFalQueue(
                fal,
                concurrency,
                new FalLimits(new LocalRateLimit(requestsPerSecond, nanos::get), SharedPause.NONE, type -> false),
                clock,
                listener,
                nanos::get,
                (latch, wait) -> false);
    }

    FalAnswer ask() {
        // Long enough for the rate limit to have capacity again: these tests are about pauses.
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        return queue.status(REQUEST);
    }
}
