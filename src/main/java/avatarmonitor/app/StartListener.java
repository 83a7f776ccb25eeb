package avatarmonitor.app;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.store.ClockGate;
import avatarmonitor.store.Notifications;
import avatarmonitor.store.Notifications.Heard;
import avatarmonitor.store.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.event.Level;

/**
 * Starts monitoring within about a second of when somebody asks for it in the database, on a thread of its own. It listens on a connection of
 * its own ({@link Notifications}); after each connect it sweeps, since what was sent before was not heard. Without that connection, such as behind
 * a pooler that passes no notifications on, it looks for requests of the SQL functions each second instead, and everything else is found by
 * the regular scans. A failure is retried. The thread is never interrupted. PostgreSQL only.
 */
final class StartListener {
    /** Longest wait for a notification; a stop waits as long. */
    private static final Duration SLICE = Duration.ofMillis(500);

    /** After so long without a word the server is asked whether it is there. */
    static final Duration PING_AFTER = Duration.ofSeconds(2);

    /** Time between two looks for requests without a notification: while listening and otherwise. */
    private static final Duration LOOK = Duration.ofSeconds(10);

    private static final Duration LOOK_WITHOUT = Duration.ofSeconds(1);

    private static final Duration RECONNECT_MIN = Duration.ofSeconds(1);
    private static final Duration RECONNECT_MAX = Duration.ofSeconds(15);

    /** Avatars that are started in one step. */
    private static final int PAGE = 1_000;

    private static final Duration LOG_PAUSE = Duration.ofMinutes(1);

    private static final Logger log = LoggerFactory.getLogger(StartListener.class);

    private final Parts parts;
    private final String worker;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread;
    private volatile @Nullable Notifications line;
    private Duration reconnectPause = RECONNECT_MIN;
    private long connectAt = System.nanoTime();
    private long heardAt;
    private long lookAt = System.nanoTime();
    private long oddTold = System.nanoTime() - LOG_PAUSE.toNanos();
    private boolean sweepDue;
    private boolean failing;

    /** Whether the log has said that nothing is heard. */
    private boolean deaf;

    private boolean everHeard;

    /**
     * What it works with.
     *
     * @param open opens the connection that listens; null when it must not listen ({@code start.listen})
     * @param requests those of the SQL functions
     * @param start starts avatars, whoever asked
     * @param unmonitored finds avatars that could be monitored and are not, at most as many as are worth starting at once
     * @param wake has this worker look for due triggers
     * @param gate closed while the clock is wrong: nothing is started then
     */
    record Parts(
            @Nullable Supplier<Notifications> open,
            SqlRequests requests,
            MonitoringStart start,
            Supplier<List<AvatarId>> unmonitored,
            Runnable wake,
            ClockGate gate) {}

    StartListener(Parts parts, String worker) {
        this.parts = parts;
        this.worker = worker;
        thread = new Thread(this::run, worker + "-listen");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Whether it hears notifications. */
    boolean listening() {
        return line != null;
    }

    private void run() {
        try (MDC.MDCCloseable ignored = MDC.putCloseable("worker", worker)) {
            while (stopped.getCount() > 0) {
                turn();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            disconnect();
        }
    }

    private void turn() throws InterruptedException {
        try {
            connect();
            Burst burst = Burst.of(hear());
            if (burst.due()) {
                parts.wake().run();
            }
            work(burst);
            if (failing) {
                log.info("starts are done again");
            }
            failing = false;
        } catch (RuntimeException e) {
            // Notifications that came to nothing do not come again.
            sweepDue = true;
            log.atLevel(failing ? Level.DEBUG : StoreException.logLevel(e))
                    .log("starts not done, will retry error={}", e.getMessage());
            failing = true;
            boolean unused = stopped.await(LOOK_WITHOUT.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void connect() {
        Supplier<Notifications> open = parts.open();
        if (open == null || line != null || System.nanoTime() - connectAt < 0) {
            return;
        }
        try {
            line = open.get();
            heardAt = System.nanoTime();
            reconnectPause = RECONNECT_MIN;
            sweepDue = true;
            log.atLevel(deaf || !everHeard ? Level.INFO : Level.DEBUG)
                    .log("listening for starts channel={}", Notifications.TRAINING);
            deaf = false;
            everHeard = true;
        } catch (StoreException e) {
            retryLater(e);
        }
    }

    private void retryLater(StoreException e) {
        log.atLevel(deaf ? Level.DEBUG : StoreException.logLevel(e))
                .log(
                        "not listening for starts, looking for requests each second instead, will retry error={}",
                        e.getMessage());
        deaf |= !e.unavailable();
        connectAt = System.nanoTime() + reconnectPause.toNanos();
        reconnectPause = reconnectPause.multipliedBy(2).compareTo(RECONNECT_MAX) > 0
                ? RECONNECT_MAX
                : reconnectPause.multipliedBy(2);
    }

    private List<Heard> hear() throws InterruptedException {
        Notifications open = line;
        if (open == null) {
            boolean unused = stopped.await(LOOK_WITHOUT.toMillis(), TimeUnit.MILLISECONDS);
            return List.of();
        }
        try {
            List<Heard> heard = open.hear(SLICE);
            long now = System.nanoTime();
            if (!heard.isEmpty()) {
                heardAt = now;
            } else if (now - heardAt >= PING_AFTER.toNanos()) {
                open.ping();
                heardAt = System.nanoTime();
            }
            return heard;
        } catch (StoreException e) {
            disconnect();
            retryLater(e);
            return List.of();
        }
    }

    private void work(Burst burst) {
        if (!parts.gate().isOpen()) {
            // Other workers start what was heard; when the clock is right again, this one looks what is left.
            sweepDue |= !burst.ids().isEmpty();
            return;
        }
        long now = System.nanoTime();
        if (burst.requests() || now - lookAt >= 0) {
            int unused = parts.requests().doAll();
            lookAt = now + (line == null ? LOOK_WITHOUT : LOOK).toNanos();
        }
        start(burst.ids());
        if (sweepDue || burst.tooMany()) {
            start(parts.unmonitored().get());
            sweepDue = false;
        }
        if (burst.odd() > 0 && now - oddTold >= LOG_PAUSE.toNanos()) {
            oddTold = now;
            log.warn(
                    "notifications without the id of an avatar are ignored, told at most once a minute channel={} count={}",
                    Notifications.TRAINING,
                    burst.odd());
        }
    }

    private void start(List<AvatarId> ids) {
        for (int from = 0; from < ids.size(); from += PAGE) {
            MonitoringStart.Started unused = parts.start().start(ids.subList(from, Math.min(from + PAGE, ids.size())));
        }
    }

    private void disconnect() {
        Notifications open = line;
        line = null;
        lookAt = System.nanoTime();
        if (open != null) {
            open.close();
        }
    }

    /** Starts no further poll; a running one continues. */
    void stop() {
        stopped.countDown();
    }

    /** Waits for the running poll, at most for the timeout. */
    void awaitEnd(Duration timeout) throws InterruptedException {
        if (thread.isAlive() && !timeout.isNegative()) {
            thread.join(Math.max(1, timeout.toMillis()));
        }
    }
}
