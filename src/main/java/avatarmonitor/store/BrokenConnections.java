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
    private final AtomicLong evictedNanos = new AtomicLong(System.nanoTime() - BURST.toNanos());

    /** @param evictAll has every pool replace the connections that it has now */
    BrokenConnections(Runnable evictAll) {
        this.evictAll = evictAll;
    }

    @java.lang.Override
    public Override adjudicate(SQLException failure) {
        String state = failure.getSQLState();
        if (SqlStates.endsAllConnections(state)) {
            long now = System.nanoTime();
            long last = evictedNanos.get();
            if (now - last >= BURST.toNanos() && evictedNanos.compareAndSet(last, now)) {
                evictAll.run();
            }
        }
        return SqlStates.endsConnection(state) ? Override.MUST_EVICT : Override.CONTINUE_EVICT;
    }
}
