package avatarmonitor.observe;

import avatarmonitor.fal.Paused;
import avatarmonitor.store.ClockOffset;
import avatarmonitor.store.Database;
import avatarmonitor.store.ServerText;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes this worker's row of {@code avatar_monitor_worker_status} and its counts of the hour ({@link HourlyLoad}), and
 * reads the load of all workers. Not thread-safe.
 */
public final class StatusReport {
    /** Interval of the reports. */
    public static final Duration PERIOD = Duration.ofSeconds(10);

    private static final int REASON_LENGTH_MAX = 1_000;

    private final Database database;
    private final Meters meters;
    private final Load load;
    private final Supplier<Optional<Paused>> paused;
    private final InstantSource clock;
    private final Self self;
    private final Instant startedAt;
    private final Moment started = new Moment();
    private final Moment pausedSince = new Moment();
    private final Moment pausedUntil = new Moment();
    private final Moment silentSince = new Moment();
    private long checksBefore;
    private long beforeNanos = System.nanoTime();

    /**
     * Identity and settings of the reporting worker.
     *
     * @param instance its id in the cluster
     * @param http URL for browsers; null when it has none
     * @param requestsPerSecondMax its rate limit
     * @param interval time between two checks of one avatar
     */
    public record Self(
            String instance, String version, @Nullable String http, int requestsPerSecondMax, Duration interval) {}

    /**
     * One instant converted to the database's clock. The offset is measured anew at each report, and a fixed instant
     * must not seem to move.
     */
    private static final class Moment {
        private @Nullable Instant own;
        private OffsetDateTime inDatabase = OffsetDateTime.MIN;

        OffsetDateTime inDatabase(Instant moment, Duration behind) {
            if (!moment.equals(own)) {
                own = moment;
                inDatabase = moment.plus(behind).atOffset(ZoneOffset.UTC);
            }
            return inDatabase;
        }
    }

    /**
     * Creates the report without writing.
     *
     * @param paused reason, start and end of a polling pause
     */
    public StatusReport(
            Database database,
            Meters meters,
            Load load,
            Supplier<Optional<Paused>> paused,
            InstantSource clock,
            Self self) {
        this.database = database;
        this.meters = meters;
        this.load = load;
        this.paused = paused;
        this.clock = clock;
        this.self = self;
        this.startedAt = clock.instant();
    }

    /**
     * Writes the row of this worker, and records a sample of the cluster's load.
     *
     * @throws avatarmonitor.store.StoreException when the database failed
     */
    public void write() {
        ClockOffset offset = ClockOffset.measure(database, clock);
        long checks = meters.checks();
        long nanos = System.nanoTime();
        double perSecond = (checks - checksBefore) * 1e9 / Math.max(1, nanos - beforeNanos);
        checksBefore = checks;
        beforeNanos = nanos;
        WorkerLoad.Counts counts = meters.load().take();
        boolean written = false;
        try {
            Load.Sample sample = database.inTransaction(connection -> {
                delete(connection);
                insert(connection, offset, perSecond);
                HourlyLoad.add(
                        connection, self.instance(), counts, clock.instant().plus(offset.ahead()));
                return read(connection);
            });
            written = true;
            load.add(sample);
        } finally {
            if (!written) {
                meters.load().add(counts);
            }
        }
    }

    private boolean delete(Connection connection) throws SQLException {
        // Also deletes old rows of workers that no longer exist, which nothing else removes.
        try (PreparedStatement delete = connection.prepareStatement("""
                DELETE FROM avatar_monitor_worker_status
                WHERE instance = ? OR at < current_timestamp - INTERVAL '1' DAY""")) {
            delete.setString(1, self.instance());
            return delete.executeUpdate() > 0;
        }
    }

    private void insert(Connection connection, ClockOffset offset, double perSecond) throws SQLException {
        Duration behind = offset.ahead();
        // Pauses use the guarded clock, which stays correct while this one is wrong.
        Duration pauseBehind = offset.tooLarge() ? Duration.ZERO : behind;
        Optional<Lateness.Percentiles> late = meters.load().lateness();
        Paused pause = paused.get().orElse(null);
        RecentRequests.Snapshot recent = meters.load().recentRequests();
        Duration silentFor = recent.silentFor();
        try (PreparedStatement insert = connection.prepareStatement("""
                INSERT INTO avatar_monitor_worker_status (instance, at, started_at, version, http, clock_behind_ms,
                    checks_per_second, late_p50_ms, late_p95_ms, late_p99_ms, fal_paused_until, fal_pause_reason,
                    fal_paused_since, fal_refused, requests_last_minute, answered_last_minute, fal_silent_since,
                    fal_last_failure, requests_per_second_max, interval_ms)
                VALUES (?, current_timestamp, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""")) {
            insert.setString(1, self.instance());
            insert.setObject(2, started.inDatabase(startedAt, behind));
            insert.setString(3, self.version());
            insert.setString(4, self.http());
            insert.setLong(5, behind.toMillis());
            insert.setDouble(6, perSecond);
            insert.setObject(7, late.map(Lateness.Percentiles::p50).orElse(null));
            insert.setObject(8, late.map(Lateness.Percentiles::p95).orElse(null));
            insert.setObject(9, late.map(Lateness.Percentiles::p99).orElse(null));
            insert.setObject(10, pause == null ? null : pausedUntil.inDatabase(pause.until(), pauseBehind));
            insert.setString(11, pause == null ? null : ServerText.fit(connection, pause.reason(), REASON_LENGTH_MAX));
            insert.setObject(12, pause == null ? null : pausedSince.inDatabase(pause.since(), pauseBehind));
            insert.setString(13, pause == null ? null : pause.refusal().name().toLowerCase(Locale.ROOT));
            insert.setInt(14, recent.sent());
            insert.setInt(15, recent.answered());
            insert.setObject(16, silentFor == null ? null : silentSince.inDatabase(silentSince(silentFor), behind));
            insert.setString(17, recent.lastFailure());
            insert.setInt(18, self.requestsPerSecondMax());
            insert.setLong(19, self.interval().toMillis());
            insert.executeUpdate();
        }
    }

    /** Truncated to seconds, so that the value does not change between reports. */
    private Instant silentSince(Duration silentFor) {
        return clock.instant().minus(silentFor).truncatedTo(ChronoUnit.SECONDS);
    }

    private Load.Sample read(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("""
                        SELECT coalesce(sum(checks_per_second), 0) AS per_second, max(late_p50_ms) AS p50,
                               max(late_p95_ms) AS p95, max(late_p99_ms) AS p99
                        FROM avatar_monitor_worker_status WHERE at > current_timestamp - INTERVAL '30' SECOND""");
                ResultSet row = select.executeQuery()) {
            row.next();
            return new Load.Sample(
                    clock.instant(),
                    row.getDouble("per_second"),
                    row.getObject("p50", Long.class),
                    row.getObject("p95", Long.class),
                    row.getObject("p99", Long.class));
        }
    }
}
