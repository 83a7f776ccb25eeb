package avatarmonitor.reconcile;

import avatarmonitor.store.Database;
import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.time.Duration;

/**
 * Lets one worker of the cluster look, once in each interval: whoever moves the time in {@code avatar_monitor_scan} forward. Only the
 * database's clock is asked. When that worker dies in the middle, another has the next turn.
 */
final class ScanTurn {
    private final Database database;
    private final Duration interval;
    private final String worker;

    ScanTurn(Database database, Duration interval, String worker) {
        this.database = database;
        this.interval = interval;
        this.worker = worker;
    }

    /** Whether it is this worker's turn now; nobody else has one until the interval is over. */
    boolean take() {
        return database.inTransaction(connection -> {
            try (PreparedStatement update = connection.prepareStatement("""
                    UPDATE avatar_monitor_scan SET at = current_timestamp, worker = ?
                    WHERE id = 1 AND at <= current_timestamp - CAST(? AS numeric(12, 3)) * INTERVAL '1' SECOND
                    """)) {
                update.setString(1, worker);
                update.setBigDecimal(2, BigDecimal.valueOf(interval.toMillis(), 3));
                return update.executeUpdate() == 1;
            }
        });
    }
}
