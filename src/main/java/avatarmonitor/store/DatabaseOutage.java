package avatarmonitor.store;

import java.sql.SQLException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tracks whether the database answers, for the whole process. Logs one line when the database is lost, one when it is
 * back, and reminders in between; all other code logs failures of an {@linkplain StoreException#unavailable
 * unavailable} database at debug level only. A connection that is replaced at once is no outage.
 */
public final class DatabaseOutage {
    /** Minimum duration of failed connection attempts before they count as an outage. */
    static final Duration LASTING = Duration.ofSeconds(2);

    /** After an outage, time for new connections: a query that still waits is no new outage. */
    static final Duration RECOVERY = Duration.ofSeconds(5);

    /** Interval of log lines about the same outage. */
    static final Duration REMINDER = Duration.ofMinutes(1);

    private static final Logger log = LoggerFactory.getLogger(DatabaseOutage.class);

    private final LongSupplier nanoTime;

    /** Start of the current series of failures; null after a success. This and all fields below are guarded by this. */
    private @Nullable Long failingSince;

    private boolean silent;
    private boolean lost;
    private long lostSince;
    private long loggedNanos;
    private String error = "";

    /** End of the last outage; null before the first. */
    private @Nullable Long backAt;

    /** Time of the last log line about a refused connection; null before the first. */
    private @Nullable Long limitLogged;

    DatabaseOutage(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Records that no connection could be opened. */
    synchronized void failed(SQLException failure) {
        long now = nanoTime.getAsLong();
        error = failure.getMessage() + " (SQLState " + failure.getSQLState() + ")";
        if (failingSince == null) {
            failingSince = now;
        }
        if (!lost && SqlStates.refusesConnection(failure.getSQLState())) {
            reportLimit(failure, now);
        }
        if (now - failingSince >= LASTING.toNanos()) {
            report(failingSince, now);
        }
    }

    /**
     * Logs a refused connection. Existing connections still work, so this may never become an outage, and no other code
     * reports it.
     */
    private void reportLimit(SQLException failure, long now) {
        if (limitLogged == null || now - limitLogged >= REMINDER.toNanos()) {
            limitLogged = now;
            log.warn(
                    "database gives no further connection error={} (SQLState {})",
                    new StoreException(failure).serverMessage(),
                    failure.getSQLState());
        }
    }

    /** Records that a connection was opened. */
    synchronized void connected() {
        failingSince = null;
        end();
    }

    /**
     * Records that a periodic query has not been answered for this long. Silence before the end of an outage belongs to
     * that outage: the query that has waited since then does not start another one.
     *
     * @param why the last failure; null when the query still waits
     */
    public synchronized void silent(Duration since, @Nullable String why) {
        long now = nanoTime.getAsLong();
        if (backAt != null && now - backAt < RECOVERY.toNanos()) {
            return;
        }
        silent = true;
        if (why != null || failingSince == null) {
            error = why == null ? "no answer" : why;
        }
        long start = now - since.toNanos();
        report(backAt != null && backAt - start > 0 ? backAt : start, now);
    }

    /** Records that the periodic query was answered. */
    public synchronized void answered() {
        silent = false;
        failingSince = null;
        end();
    }

    /** Returns whether the database is currently lost. */
    public synchronized boolean lost() {
        return lost;
    }

    private void report(long since, long now) {
        if (!lost) {
            lost = true;
            lostSince = since;
            loggedNanos = now;
            log.warn("database lost, will reconnect since_s={} error={}", seconds(now - since), error);
        } else if (now - loggedNanos >= REMINDER.toNanos()) {
            loggedNanos = now;
            log.warn("database still lost since_s={} error={}", seconds(now - lostSince), error);
        }
    }

    private void end() {
        if (lost && !silent) {
            lost = false;
            backAt = nanoTime.getAsLong();
            log.info("database is back away_s={}", seconds(backAt - lostSince));
        }
    }

    private static long seconds(long nanos) {
        return Duration.ofNanos(nanos).toSeconds();
    }
}
