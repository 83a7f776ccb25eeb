package avatarmonitor.app.start;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.background.AtMostEvery;
import avatarmonitor.background.BackgroundService;
import avatarmonitor.background.DaemonThreads;
import avatarmonitor.store.Notifications;
import avatarmonitor.store.Notifications.Heard;
import avatarmonitor.store.StoreException;
import avatarmonitor.store.clock.ClockGate;
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
 * Listener for starts, on a thread of its own: starts monitoring about a second after a request in the database. It
 * receives notifications on a connection of its own ({@link Notifications}), and sweeps when it is lost, after each
 * attempt to connect again and after each connect, since notifications meanwhile are lost. Without that connection,
 * for example behind a pooler that does not forward notifications, it polls the requests of the SQL functions each
 * second, and the regular scans find all other avatars. Failures are retried. The thread is never interrupted.
 * PostgreSQL only.
 */
public final class StartListener implements BackgroundService {
    /** Timeout of one wait for notifications; a stop waits as long. */
    private static final Duration SLICE = Duration.ofMillis(500);

    /** Idle time without notifications after which the connection is tested. */
    static final Duration PING_AFTER = Duration.ofSeconds(2);

    /** Polling interval of requests without a notification, while listening; below, while not listening. */
    private static final Duration POLL_INTERVAL = Duration.ofSeconds(10);

    private static final Duration POLL_INTERVAL_WITHOUT = Duration.ofSeconds(1);

    private static final Duration RECONNECT_MIN = Duration.ofSeconds(1);
    private static final Duration RECONNECT_MAX = Duration.ofSeconds(15);

    /** The same while only this connection or the network fails: each attempt is followed by a sweep. */
    private static final Duration RECONNECT_LOST_MAX = Duration.ofSeconds(4);

    /** Maximum of avatars started in one step. */
    private static final int PAGE = 1_000;

    private static final Logger log = LoggerFactory.getLogger(StartListener.class);

    private final Parts parts;
    private final String worker;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread;
    private volatile @Nullable Notifications connection;
    private Duration reconnectPause = RECONNECT_MIN;
    private long connectAt = System.nanoTime();
    private long heardAt;
    private long pollAt = System.nanoTime();
    private final AtMostEvery oddLog = new AtMostEvery(AtMostEvery.MINUTE);
    private boolean sweepDue;
    private boolean failing;

    /** Whether the log has reported that no notifications arrive. */
    private boolean notificationsUnavailable;

    private boolean everConnected;

    /**
     * Dependencies.
     *
     * @param open opens the listening connection; null when it must not listen ({@code start.listen})
     * @param requests requests of the SQL functions
     * @param start starts monitoring of avatars
     * @param unmonitored finds avatars that may be monitored and are not, at most as many as should start at once
     * @param wake makes this worker search for due triggers
     * @param gate closed while the clock is wrong: nothing is started then
     */
    public record Parts(
            @Nullable Supplier<Notifications> open,
            SqlRequests requests,
            MonitoringStart start,
            Supplier<List<AvatarId>> unmonitored,
            Runnable wake,
            ClockGate gate) {}

    public StartListener(Parts parts, String worker) {
        this.parts = parts;
        this.worker = worker;
        thread = DaemonThreads.thread(worker + "-listen", this::run);
    }

    public void start() {
        thread.start();
    }

    /** Returns whether notifications arrive. */
    public boolean listening() {
        return connection != null;
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
                log.info("start requests are processed again");
            }
            failing = false;
        } catch (RuntimeException | Error e) {
            // Notifications are not delivered again after a failure.
            sweepDue = true;
            log.atLevel(failing ? Level.DEBUG : StoreException.logLevel(e))
                    .log("start requests failed, will retry error={}", e.getMessage());
            failing = true;
            boolean unused = stopped.await(POLL_INTERVAL_WITHOUT.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void connect() {
        Supplier<Notifications> open = parts.open();
        if (open == null || connection != null || System.nanoTime() - connectAt < 0) {
            return;
        }
        try {
            connection = open.get();
            heardAt = System.nanoTime();
            reconnectPause = RECONNECT_MIN;
            sweepDue = true;
            log.atLevel(notificationsUnavailable || !everConnected ? Level.INFO : Level.DEBUG)
                    .log("listening for start requests channel={}", Notifications.TRAINING);
            notificationsUnavailable = false;
            everConnected = true;
        } catch (StoreException e) {
            retryLater(e);
        }
    }

    private void retryLater(StoreException e) {
        log.atLevel(notificationsUnavailable ? Level.DEBUG : StoreException.logLevel(e))
                .log(
                        "not listening for start requests, polling them every second, will retry error={}",
                        e.getMessage());
        notificationsUnavailable |= !e.unavailable();
        // What was sent meanwhile is lost. A connection that never worked leaves that to the regular scans.
        sweepDue |= everConnected && !notificationsUnavailable;
        connectAt = System.nanoTime() + reconnectPause.toNanos();
        Duration doubled = reconnectPause.multipliedBy(2);
        Duration most = notificationsUnavailable ? RECONNECT_MAX : RECONNECT_LOST_MAX;
        reconnectPause = doubled.compareTo(most) > 0 ? most : doubled;
    }

    private List<Heard> hear() throws InterruptedException {
        Notifications open = connection;
        if (open == null) {
            boolean unused = stopped.await(POLL_INTERVAL_WITHOUT.toMillis(), TimeUnit.MILLISECONDS);
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
            // Other workers start these avatars; when the clock is right again, a sweep finds the rest.
            sweepDue |= !burst.ids().isEmpty();
            return;
        }
        long now = System.nanoTime();
        if (burst.requests() || now - pollAt >= 0) {
            int unused = parts.requests().doAll();
            pollAt = now + (connection == null ? POLL_INTERVAL_WITHOUT : POLL_INTERVAL).toNanos();
        }
        start(burst.ids());
        if (sweepDue || burst.tooMany()) {
            start(parts.unmonitored().get());
            sweepDue = false;
        }
        if (burst.odd() > 0 && oddLog.due()) {
            log.warn(
                    "notifications without the id of an avatar are ignored, logged at most once a minute channel={} count={}",
                    Notifications.TRAINING,
                    burst.odd());
        }
    }

    private void start(List<AvatarId> ids) {
        for (int from = 0; from < ids.size(); from += PAGE) {
            MonitoringStart.Result unused = parts.start().start(ids.subList(from, Math.min(from + PAGE, ids.size())));
        }
    }

    private void disconnect() {
        Notifications open = connection;
        connection = null;
        pollAt = System.nanoTime();
        if (open != null) {
            open.close();
        }
    }

    @Override
    public void stop() {
        stopped.countDown();
    }

    @Override
    public void awaitEnd(Duration timeout) throws InterruptedException {
        if (thread.isAlive() && !timeout.isNegative()) {
            thread.join(Math.max(1, timeout.toMillis()));
        }
    }
}
