package avatarmonitor.app;

import avatarmonitor.store.ClockGate;
import avatarmonitor.store.StoreException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.event.Level;

/**
 * Starts monitoring within about a second of when somebody asks for it in the database, on a thread of its own: does the requests of the SQL
 * functions each second. A failure is retried by the next look. The thread is never interrupted.
 */
final class StartListener {
    /** Time between two looks for requests. */
    static final Duration PERIOD = Duration.ofSeconds(1);

    private static final Logger log = LoggerFactory.getLogger(StartListener.class);

    private final SqlRequests requests;
    private final ClockGate gate;
    private final String worker;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread;
    private boolean failing;

    StartListener(SqlRequests requests, ClockGate gate, String worker) {
        this.requests = requests;
        this.gate = gate;
        this.worker = worker;
        thread = new Thread(this::run, worker + "-listen");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try (MDC.MDCCloseable ignored = MDC.putCloseable("worker", worker)) {
            while (!stopped.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        try {
            // While the clock is wrong another worker does them, or this one when it is right again.
            if (gate.isOpen()) {
                int unused = requests.doAll();
            }
            failing = false;
        } catch (RuntimeException e) {
            log.atLevel(failing ? Level.DEBUG : StoreException.logLevel(e))
                    .log("requests of SQL functions not done, will retry error={}", e.getMessage());
            failing = true;
        }
    }

    /** Begins nothing any more; what runs goes on. */
    void stop() {
        stopped.countDown();
    }

    /** Waits at most this long for the end of what runs. */
    void awaitEnd(Duration timeout) throws InterruptedException {
        if (thread.isAlive() && !timeout.isNegative()) {
            thread.join(Math.max(1, timeout.toMillis()));
        }
    }
}
