package avatarmonitor.store;

import java.sql.SQLException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the database answers, as all who work with it find out together. The log gets one line when the database is lost, one when it is
 * back, and a reminder now and then in between; everybody else logs failures of an {@linkplain StoreException#unavailable unavailable}
 * database for debugging only. A connection that is replaced at once is no outage.
 */
public final class DatabaseOutage {
    /** Attempts to connect fail for at least this long before it is an outage. */
    static final Duration LASTING = Duration.ofSeconds(2);

    /** Time between two lines about the same outage. */
    static final Duration REMINDER = Duration.ofMinutes(1);

    private static final Logger log = LoggerFactory.getLogger(DatabaseOutage.class);

    private final LongSupplier nanoTime;

    /** Guarded by this, as all below: when the first of the failures came that were not followed by a success. */
    private @Nullable Long failingSince;

    private boolean silent;
    private boolean lost;
    private long lostSince;
    private long toldNanos;
    private String error = "";

    /** When the log was last told that no further connection is given; null before the first time. */
    private @Nullable Long limitTold;

    DatabaseOutage(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    static DatabaseOutage create() {
        return new DatabaseOutage(System::nanoTime);
    }

    /** No connection could be opened. */
    synchronized void failed(SQLException failure) {
        long now = nanoTime.getAsLong();
        error = failure.getMessage() + " (SQLState " + failure.getSQLState() + ")";
        if (failingSince == null) {
            failingSince = now;
        }
        if (!lost && SqlStates.refusesConnection(failure.getSQLState())) {
            tellLimit(failure, now);
        }
        if (now - failingSince >= LASTING.toNanos()) {
            tell(failingSince, now);
        }
    }

    /** Connections that live go on to answer, so that this may never become an outage; but no other part reports it. */
    private void tellLimit(SQLException failure, long now) {
        if (limitTold == null || now - limitTold >= REMINDER.toNanos()) {
            limitTold = now;
            log.warn(
                    "database gives no further connection error={} (SQLState {})",
                    new StoreException(failure).serverMessage(),
                    failure.getSQLState());
        }
    }

    /** A connection was opened. */
    synchronized void connected() {
        failingSince = null;
        end();
    }

    /**
     * Something that is asked all the time has not been answered for so long.
     *
     * @param why the last failure; null when it still waits
     */
    public synchronized void silent(Duration since, @Nullable String why) {
        long now = nanoTime.getAsLong();
        silent = true;
        if (why != null || failingSince == null) {
            error = why == null ? "no answer" : why;
        }
        tell(now - since.toNanos(), now);
    }

    /** What is asked all the time has been answered. */
    public synchronized void answered() {
        silent = false;
        failingSince = null;
        end();
    }

    /** Whether it is lost now. */
    public synchronized boolean lost() {
        return lost;
    }

    private void tell(long since, long now) {
        if (!lost) {
            lost = true;
            lostSince = since;
            toldNanos = now;
            log.warn("database lost, will reconnect since_s={} error={}", seconds(now - since), error);
        } else if (now - toldNanos >= REMINDER.toNanos()) {
            toldNanos = now;
            log.warn("database still lost since_s={} error={}", seconds(now - lostSince), error);
        }
    }

    private void end() {
        if (lost && !silent) {
            lost = false;
            log.info("database is back away_s={}", seconds(nanoTime.getAsLong() - lostSince));
        }
    }

    private static long seconds(long nanos) {
        return Duration.ofNanos(nanos).toSeconds();
    }
}
