package avatarmonitor.web;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A verdict that is kept for a moment: asking needs no token, so it must not be a way to make the database work. Nobody waits for a
 * database that hangs: the look goes on at a desk of its own, no other is begun meanwhile, and that is the verdict. For one thread.
 */
final class KeptHealth implements Health {
    /** Short against the seconds between two looks of a supervisor. */
    static final Duration KEPT = Duration.ofSeconds(1);

    /** Supervisors give up after a few seconds, and would not learn why. */
    static final Duration LOOK_MAX = Duration.ofSeconds(2);

    private final Health health;
    private final Desk desk;
    private final Duration lookMax;
    private final LongSupplier nanoTime;
    private @Nullable Verdict known;
    private @Nullable Look look;

    private record Verdict(Optional<String> trouble, long atNanos) {}

    private record Look(CompletableFuture<Verdict> verdict, long beganNanos) {}

    /**
     * Nothing is looked at yet.
     *
     * @param desk where looks are made, one at a time
     * @param lookMax how long a look is waited for
     */
    KeptHealth(Health health, Desk desk, Duration lookMax, LongSupplier nanoTime) {
        this.health = health;
        this.desk = desk;
        this.lookMax = lookMax;
        this.nanoTime = nanoTime;
    }

    @Override
    public Optional<String> trouble() {
        Verdict verdict = known;
        if (verdict == null || old(verdict)) {
            verdict = found();
            known = verdict;
        }
        return verdict.trouble;
    }

    private boolean old(Verdict verdict) {
        return nanoTime.getAsLong() - verdict.atNanos >= KEPT.toNanos();
    }

    private Verdict found() {
        Look running = look;
        if (running == null || (running.verdict.isDone() && ended(running))) {
            running = begin();
            look = running;
        }
        long left = lookMax.toNanos() - (nanoTime.getAsLong() - running.beganNanos);
        try {
            return running.verdict.get(Math.max(0, left), TimeUnit.NANOSECONDS);
        } catch (TimeoutException hanging) {
            return new Verdict(
                    Optional.of("the database does not answer within " + lookMax.toSeconds() + " s"),
                    nanoTime.getAsLong());
        } catch (ExecutionException broken) {
            throw new IllegalStateException("the look at this worker's health failed", broken.getCause());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return new Verdict(Optional.of("the worker is being stopped"), nanoTime.getAsLong());
        }
    }

    /** Whether it says nothing about now: one that ended late may just have found the database back. */
    private boolean ended(Look look) {
        return look.verdict.isCompletedExceptionally() || old(look.verdict.join());
    }

    private Look begin() {
        CompletableFuture<Verdict> verdict = new CompletableFuture<>();
        boolean taken = desk.take(() -> {
            try {
                // From its end on: those who waited for it need no other.
                Optional<String> trouble = health.trouble();
                verdict.complete(new Verdict(trouble, nanoTime.getAsLong()));
            } catch (RuntimeException | Error broken) {
                verdict.completeExceptionally(broken);
            }
        });
        if (!taken) {
            verdict.complete(new Verdict(Optional.of("the worker is being stopped"), nanoTime.getAsLong()));
        }
        return new Look(verdict, nanoTime.getAsLong());
    }
}
