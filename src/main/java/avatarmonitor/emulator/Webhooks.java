package avatarmonitor.emulator;

import avatarmonitor.emulator.scenario.Notifying;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Delivers webhooks when they are due in the emulator's time (docs/fal-contract.md section 4): 2xx is delivered, 3xx is
 * given up, everything else is retried with growing gaps, ten attempts in all.
 */
final class Webhooks implements AutoCloseable {
    private static final int SENDERS = 4;
    private static final int MOST_ATTEMPTS = 10;
    private static final int MOST_LOGGED = 10_000;
    private static final Duration FIRST_GAP = Duration.ofSeconds(1);
    private static final Duration LONGEST_GAP = Duration.ofMinutes(1);
    private static final long LOOK_EVERY_MILLIS = 20;
    private static final Duration STALE = Duration.ofMinutes(10);

    /** A planned attempt. {@code version} voids it when the request has changed since. */
    private record Due(Instant at, QueuedRequest request, int version, int number, Notifying.Signature signature) {}

    private final EmulatorClock clock;
    private final SigningKeys keys;
    private final int mostPlanned;
    private final WebhookSender sender = new WebhookSender(SENDERS);
    private final ScheduledExecutorService look =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "fal-emulator-webhook-timer"));
    private final ExecutorService senders =
            Executors.newFixedThreadPool(SENDERS, task -> new Thread(task, "fal-emulator-webhook"));
    /**
     * Limits running sends, so that due webhooks stay in {@link #planned}, which is bounded, instead of the executor's
     * queue.
     */
    private final Semaphore free = new Semaphore(SENDERS);

    private final PriorityQueue<Due> planned = new PriorityQueue<>(Comparator.comparing(Due::at));
    private final Deque<WebhookAttempt> attempts = new ArrayDeque<>();

    Webhooks(EmulatorClock clock, SigningKeys keys, int mostPlanned) {
        this.clock = clock;
        this.keys = keys;
        this.mostPlanned = mostPlanned;
        var unused =
                look.scheduleWithFixedDelay(this::sendDue, LOOK_EVERY_MILLIS, LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS);
    }

    /**
     * Plans the webhook for the current end of the request. Plans made for an older version of the request are void.
     */
    void plan(QueuedRequest request) {
        Notifying conduct = request.at(clock.instant()).scenario().notifying();
        request.end().ifPresent(end -> {
            for (int copy = 0; copy < conduct.copies(); copy++) {
                add(new Due(end.plus(conduct.delay()), request, request.version(), 1, conduct.signature()));
            }
        });
    }

    /** Sends the webhook again, now; returns false when the request is not over or has no webhook. */
    boolean send(QueuedRequest request, Notifying.@Nullable Signature signature) {
        QueuedRequest.View view = request.at(clock.instant());
        if (request.webhook() == null || !view.over()) {
            return false;
        }
        Notifying.Signature kind =
                signature == null ? view.scenario().notifying().signature() : signature;
        add(new Due(clock.instant(), request, request.version(), 1, kind));
        return true;
    }

    synchronized void cancel(QueuedRequest request) {
        planned.removeIf(due -> due.request == request);
    }

    synchronized List<WebhookAttempt> attempts() {
        return new ArrayList<>(attempts);
    }

    synchronized void clear() {
        planned.clear();
        attempts.clear();
    }

    @Override
    public void close() {
        look.shutdownNow();
        senders.shutdownNow();
        sender.close();
    }

    private synchronized void add(Due due) {
        if (due.request.webhook() != null && planned.size() < mostPlanned) {
            planned.add(due);
        }
    }

    private void sendDue() {
        Instant now = clock.instant();
        while (free.tryAcquire()) {
            Due due = nextDue(now);
            if (due == null) {
                free.release();
                return;
            }
            senders.execute(() -> {
                try {
                    attempt(due);
                } finally {
                    free.release();
                }
            });
        }
    }

    private synchronized @Nullable Due nextDue(Instant now) {
        while (!planned.isEmpty() && !planned.peek().at.isAfter(now)) {
            Due due = planned.poll();
            if (due != null && due.version == due.request.version()) {
                return due;
            }
        }
        return null;
    }

    private void attempt(Due due) {
        QueuedRequest request = due.request;
        if (request.webhook() == null) {
            return;
        }
        QueuedRequest.View view = request.at(clock.instant());
        byte[] body = WebhookMessage.of(request, view).toString().getBytes(StandardCharsets.UTF_8);
        int code = sender.post(request.webhook(), body, sign(due, body), due.number == 1);
        log(new WebhookAttempt(clock.instant(), request.id(), due.number, due.signature, code));
        boolean delivered = code >= 200 && code < 300;
        boolean redirected = code >= 300 && code < 400;
        if (!delivered && !redirected && due.number < MOST_ATTEMPTS) {
            add(new Due(
                    clock.instant().plus(gapAfter(due.number)), request, due.version, due.number + 1, due.signature));
        }
    }

    private @Nullable WebhookSignature sign(Due due, byte[] body) {
        if (due.signature == Notifying.Signature.MISSING) {
            return null;
        }
        PrivateKey key = due.signature == Notifying.Signature.BAD ? keys.stranger() : keys.current();
        // Receivers compare with their own clock, so the timestamp is real time, not the emulator's.
        Instant now = clock.realTime();
        Instant at = due.signature == Notifying.Signature.STALE ? now.minus(STALE) : now;
        return WebhookSignature.sign(key, due.request.id(), WebhookSignature.USER_ID, at, body);
    }

    private static Duration gapAfter(int number) {
        Duration gap = FIRST_GAP.multipliedBy(1L << (number - 1));
        return gap.compareTo(LONGEST_GAP) > 0 ? LONGEST_GAP : gap;
    }

    private synchronized void log(WebhookAttempt attempt) {
        if (attempts.size() >= MOST_LOGGED) {
            attempts.removeFirst();
        }
        attempts.addLast(attempt);
    }
}
