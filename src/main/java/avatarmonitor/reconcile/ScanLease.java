package avatarmonitor.reconcile;

import avatarmonitor.event.EventType;
import avatarmonitor.event.EventWriter;
import avatarmonitor.store.Database;
import avatarmonitor.store.clock.DatabaseTime;
import avatarmonitor.store.sql.Jdbc;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;

/**
 * Lease for the scan: once per interval one worker of the cluster gets it by advancing the time in {@code
 * avatar_monitor_scan}. Uses the database's clock only. When that worker dies, another gets the next lease.
 */
final class ScanLease {
    private final Database database;
    private final EventWriter events;
    private final Duration interval;

    ScanLease(Database database, EventWriter events, Duration interval) {
        this.database = database;
        this.events = events;
        this.interval = interval;
    }

    /**
     * Tries to get the lease; no other worker gets one before the interval is over. A last time in the future, written
     * by a wrong clock, is ignored.
     */
    boolean take() {
        return database.inTransaction(connection -> {
            boolean future =
                    Jdbc.exists(connection, "SELECT 1 FROM v_future_times WHERE place = 'avatar_monitor_scan'");
            String sql = """
                    UPDATE avatar_monitor_scan SET at = current_timestamp, worker = ?
                    WHERE id = 1 AND (at <= current_timestamp - CAST(? AS numeric(12, 3)) * INTERVAL '1' SECOND
                      OR at > current_timestamp + INTERVAL '10' SECOND)
                    """;
            BigDecimal seconds = BigDecimal.valueOf(interval.toMillis(), 3);
            boolean taken = Jdbc.update(connection, sql, events.worker(), seconds) == 1;
            if (taken && future) {
                Instant now = DatabaseTime.now(connection, database.dialect());
                ScheduleFault fault = new ScheduleFault(
                        ScheduleFault.Kind.FUTURE,
                        "avatar_monitor_scan",
                        "a time lies in the future and cannot be there",
                        null);
                events.append(connection, now, EventType.REPAIRED, fault.detail());
            }
            return taken;
        });
    }
}
