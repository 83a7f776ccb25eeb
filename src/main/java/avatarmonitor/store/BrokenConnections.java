package avatarmonitor.store;

import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Decides which pooled connections to evict after a failed statement. */
final class BrokenConnections implements SQLExceptionOverride {
    /** Failures of connections in use come in bursts; one burst causes one eviction. */
    private static final Duration BURST = Duration.ofSeconds(1);

    private final Runnable evictAll;
    private final Runnable reopen;
    private final AtomicLong evictedNanos = new AtomicLong(System.nanoTime() - BURST.toNanos());

    /**
     * Each callback runs at most once a second, on a thread that holds a connection.
     *
     * @param evictAll makes every pool replace its current connections
     * @param reopen the same, after closing the embedded database
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
