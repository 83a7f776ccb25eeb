package avatarmonitor.app;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.fal.FalRequestId;
import avatarmonitor.fal.SignedWebhook;
import avatarmonitor.fal.WebhookVerdict;
import avatarmonitor.fal.WebhookVerifier;
import avatarmonitor.store.Database;
import avatarmonitor.web.WebhookInbox;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Takes fal's webhooks. What one says is believed no further than that something happened: the avatars of its request are checked at once,
 * which asks fal's queue. So a copy, a late one and one for nobody do no harm, and one that is lost is made good by the next check.
 */
final class FalWebhooks implements WebhookInbox {
    private static final Logger log = LoggerFactory.getLogger(FalWebhooks.class);

    /** Requests that wait for their check; more are left to fal to tell again. */
    static final int WAITING_MAX = 1_000;

    private static final Duration LOG_PAUSE = Duration.ofMinutes(1);

    private final WebhookVerifier verifier;
    private final Database database;
    private final AvatarStore avatars;
    private final Consumer<AvatarId> check;
    private final String worker;
    private final ThreadPoolExecutor thread;
    private final Set<FalRequestId> waiting = ConcurrentHashMap.newKeySet();
    private long refusedNanos = System.nanoTime() - LOG_PAUSE.toNanos();

    /**
     * Asks nobody yet.
     *
     * @param check does one check of an avatar
     */
    FalWebhooks(
            WebhookVerifier verifier, Database database, AvatarStore avatars, Consumer<AvatarId> check, String worker) {
        this.verifier = verifier;
        this.database = database;
        this.avatars = avatars;
        this.check = check;
        this.worker = worker;
        this.thread = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING_MAX), work -> {
            Thread made = new Thread(work, worker + "-webhooks");
            made.setDaemon(true);
            return made;
        });
    }

    @Override
    public synchronized Taken take(SignedWebhook webhook) {
        WebhookVerdict verdict = verifier.verify(webhook);
        if (verdict instanceof WebhookVerdict.Genuine genuine) {
            return remember(genuine.request()) ? Taken.TAKEN : Taken.LATER;
        } else if (verdict instanceof WebhookVerdict.Refused refused) {
            if (System.nanoTime() - refusedNanos >= LOG_PAUSE.toNanos()) {
                refusedNanos = System.nanoTime();
                log.warn("webhook refused, told at most once a minute reason={}", refused.reason());
            }
            return Taken.REFUSED;
        }
        return Taken.LATER;
    }

    /** False when there is no room. One that waits already is checked once. */
    private boolean remember(FalRequestId request) {
        if (!waiting.add(request)) {
            return true;
        }
        try {
            thread.execute(() -> checkAll(request));
            return true;
        } catch (RejectedExecutionException full) {
            waiting.remove(request);
            return false;
        }
    }

    private void checkAll(FalRequestId request) {
        // From here on a further webhook means a further check: it may tell of something newer.
        waiting.remove(request);
        try (MDC.MDCCloseable ignored = MDC.putCloseable("worker", worker)) {
            List<AvatarId> waitingFor = database.read(connection -> avatars.training(connection, request.value()));
            log.info("webhook of fal request={} avatars={}", request, waitingFor.size());
            waitingFor.forEach(check);
        } catch (RuntimeException e) {
            log.warn(
                    "webhook came to nothing, the next check makes it good request={} error={}",
                    request,
                    e.getMessage());
        }
    }

    /** Begins no check any more and drops those that wait; one that runs goes on. */
    void stop() {
        thread.shutdown();
        thread.getQueue().clear();
        verifier.close();
    }

    /** Waits at most this long for the check that runs. */
    void awaitEnd(Duration patience) throws InterruptedException {
        boolean unused = thread.awaitTermination(Math.max(0, patience.toMillis()), TimeUnit.MILLISECONDS);
    }
}
