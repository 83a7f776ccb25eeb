package avatarmonitor.web;

import avatarmonitor.background.BoundedPool;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Single-flight cache of a health result. The endpoint needs no token, so it must not be a way to load the database.
 * Callers do not wait for a hanging database: the probe continues on a separate thread, no other one starts meanwhile,
 * and the result is "not ready". Not thread-safe.
 */
final class CachedHealth implements Health {
    /** Cache lifetime; short compared to the interval of a supervisor's probes. */
    static final Duration KEPT = Duration.ofSeconds(1);

    /** Timeout of a probe; supervisors time out after a few seconds and would not see the reason. */
    static final Duration PROBE_TIMEOUT = Duration.ofSeconds(2);

    private final Health health;
    private final BoundedPool pool;
    private final Duration probeTimeout;
    private final LongSupplier nanoTime;
    private @Nullable Verdict known;
    private @Nullable Probe probe;

    private record Verdict(Optional<String> trouble, long atNanos) {}

    private record Probe(CompletableFuture<Verdict> verdict, long beganNanos) {}

    /**
     * Creates the cache without a probe.
     *
     * @param pool pool for probes, one at a time
     * @param probeTimeout longest wait for a probe
     */
    CachedHealth(Health health, BoundedPool pool, Duration probeTimeout, LongSupplier nanoTime) {
        this.health = health;
        this.pool = pool;
        this.probeTimeout = probeTimeout;
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
        Probe running = probe;
        if (running == null || (running.verdict.isDone() && ended(running))) {
            running = begin();
            probe = running;
        }
        long left = probeTimeout.toNanos() - (nanoTime.getAsLong() - running.beganNanos);
        try {
            return running.verdict.get(Math.max(0, left), TimeUnit.NANOSECONDS);
        } catch (TimeoutException hanging) {
            return new Verdict(
                    Optional.of("the database does not answer within " + probeTimeout.toSeconds() + " s"),
                    nanoTime.getAsLong());
        } catch (ExecutionException broken) {
            throw new IllegalStateException("the health probe failed", broken.getCause());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return new Verdict(Optional.of("the worker is being stopped"), nanoTime.getAsLong());
        }
    }

    /** Returns whether a probe's result is outdated: one that ended late may not describe the present. */
    private boolean ended(Probe probe) {
        return probe.verdict.isCompletedExceptionally() || old(probe.verdict.join());
    }

    private Probe begin() {
        CompletableFuture<Verdict> verdict = new CompletableFuture<>();
        boolean taken = pool.take(() -> {
            try {
                // The lifetime starts when the probe ends, so that callers that waited for it need no other.
                Optional<String> trouble = health.trouble();
                verdict.complete(new Verdict(trouble, nanoTime.getAsLong()));
            } catch (RuntimeException | Error broken) {
                verdict.completeExceptionally(broken);
            }
        });
        if (!taken) {
            verdict.complete(new Verdict(Optional.of("the worker is being stopped"), nanoTime.getAsLong()));
        }
        return new Probe(verdict, nanoTime.getAsLong());
    }
}
