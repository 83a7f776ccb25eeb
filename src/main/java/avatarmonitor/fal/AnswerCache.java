package avatarmonitor.fal;

import avatarmonitor.fal.answer.FalAnswer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Single-flight cache of fal's answers to one kind of request. Concurrent callers share one request; afterwards the
 * answer is served for the time that {@code lifetime} returns.
 */
final class AnswerCache<A extends FalAnswer> {
    /** Capacity; beyond it the oldest answer is evicted, which costs at most another request. */
    static final int ENTRIES_MAX = 1_000;

    private final InstantSource clock;
    private final Duration timeout;
    private final Function<A, Duration> lifetime;
    /** Entries in the order of their requests. Guarded by this. */
    private final Map<FalRequest, Entry<A>> entries = new LinkedHashMap<>();

    private record Entry<A>(CompletableFuture<A> answer, Instant askedAt) {}

    /**
     * @param timeout timeout of the wait for another thread's request
     * @param lifetime how long an answer is valid; zero for one that says nothing about the request
     */
    AnswerCache(InstantSource clock, Duration timeout, Function<A, Duration> lifetime) {
        this.clock = clock;
        this.timeout = timeout;
        this.lifetime = lifetime;
    }

    /** Returns the answer; empty when another thread's request takes longer than the timeout, or on interrupt. */
    Optional<A> ask(FalRequest request, Supplier<A> question) {
        Entry<A> mine = new Entry<>(new CompletableFuture<>(), clock.instant());
        Entry<A> known = enter(request, mine);
        return known == null ? Optional.of(askFal(request, mine, question)) : await(known);
    }

    /** Returns the entry to use, or null after adding {@code mine}. */
    private synchronized @Nullable Entry<A> enter(FalRequest request, Entry<A> mine) {
        Entry<A> known = entries.get(request);
        if (known != null && isGood(known, mine.askedAt)) {
            return known;
        }
        entries.remove(request);
        entries.put(request, mine);
        Iterator<Entry<A>> eldest = entries.values().iterator();
        while (eldest.hasNext()) {
            Entry<A> entry = eldest.next();
            if (entries.size() <= ENTRIES_MAX && isGood(entry, mine.askedAt)) {
                break;
            }
            eldest.remove();
        }
        return null;
    }

    private boolean isGood(Entry<A> entry, Instant now) {
        if (!entry.answer.isDone()) {
            return true;
        }
        Duration age = Duration.between(entry.askedAt, now);
        // A clock set back makes an answer older, not younger.
        return !age.isNegative() && age.compareTo(lifetime.apply(entry.answer.join())) < 0;
    }

    private A askFal(FalRequest request, Entry<A> mine, Supplier<A> question) {
        boolean kept = false;
        try {
            A answer = question.get();
            kept = !lifetime.apply(answer).isZero();
            mine.answer.complete(answer);
            return answer;
        } finally {
            if (!kept) {
                forget(request, mine);
            }
            // No-op after complete(): releases waiting threads when the request failed.
            mine.answer.cancel(false);
        }
    }

    private Optional<A> await(Entry<A> known) {
        try {
            return Optional.of(known.answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS));
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (TimeoutException | ExecutionException | CancellationException none) {
            return Optional.empty();
        }
    }

    private synchronized void forget(FalRequest request, Entry<A> entry) {
        entries.remove(request, entry);
    }

    /** Removes an answer; a running request still completes for its waiters, but is not cached. */
    synchronized void forget(FalRequest request) {
        entries.remove(request);
    }

    synchronized void forget(FalRequestId id) {
        entries.keySet().removeIf(request -> request.id().equals(id));
    }
}
