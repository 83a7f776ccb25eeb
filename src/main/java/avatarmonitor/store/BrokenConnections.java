package avatarmonitor.store;

import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Decides which connections a pool must replace after a failed statement. */
final class BrokenConnections implements SQLExceptionOverride {
    /** Failures of connections that are still in use come in a burst, and ask for no more than one replacement. */
    private static final Duration BURST = Duration.ofSeconds(1);

    private final Runnable evictAll;
    private final Runnable reopen;
    private final AtomicLong evictedNanos = new AtomicLong(System.nanoTime() - BURST.toNanos());

    /**
     * Called at most once a second each, by a thread that is working with a connection.
     *
     * @param evictAll has every pool replace the connections that it has now
     * @param reopen the same, and has the embedded database closed before
     */
    BrokenConnections(Runnable evictAll, Runnable reopen) {
        this.evictAll = evictAll;
        this.reopen = reopen;
    }

    @java.lang.Override
    public Override adjudicate(SQLException failure) {
        String state = failure.getSQLState();
        boolean storage = SqlStates.isStorageFailure(failure);
        if (storage || SqlStates.endsAllConnections(state)) {
            long now = System.nanoTime();
            long last = evictedNanos.get();
            if (now - last >= BURST.toNanos() && evictedNanos.compareAndSet(last, now)) {
                (storage ? reopen : evictAll).run();
            }
        }
        return storage || SqlStates.endsConnection(state) ? Override.MUST_EVICT : Override.CONTINUE_EVICT;
    }
}
