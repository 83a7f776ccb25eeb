package avatarmonitor.observe;

import avatarmonitor.fal.limit.Paused;
import avatarmonitor.inspect.LoadCounts;
import avatarmonitor.store.Database;
import avatarmonitor.store.clock.ClockOffset;
import avatarmonitor.store.sql.Jdbc;
import avatarmonitor.store.sql.ServerText;
import java.sql.Connection;
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
        LoadCounts counts = meters.load().take();
        boolean written = false;
        try {
            Load.Sample sample = database.inTransaction(connection -> {
                deleteOld(connection);
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

    /** Deletes the row of this worker, and old ones of workers that no longer exist, which nothing else removes. */
    private void deleteOld(Connection connection) throws SQLException {
        Jdbc.update(connection, """
                DELETE FROM avatar_monitor_worker_status
                WHERE instance = ? OR at < current_timestamp - INTERVAL '1' DAY""", self.instance());
    }

    private void insert(Connection connection, ClockOffset offset, double perSecond) throws SQLException {
        Duration behind = offset.ahead();
        // Pauses use the guarded clock, which stays correct while this one is wrong.
        Duration pauseBehind = offset.tooLarge() ? Duration.ZERO : behind;
        Optional<Lateness.Percentiles> late = meters.load().lateness();
        Paused pause = paused.get().orElse(null);
        RecentRequests.Snapshot recent = meters.load().recentRequests();
        Duration silentFor = recent.silentFor();
        Jdbc.update(
                connection,
                """
                INSERT INTO avatar_monitor_worker_status (instance, at, started_at, version, http, clock_behind_ms,
                    checks_per_second, late_p50_ms, late_p95_ms, late_p99_ms, fal_paused_until, fal_pause_reason,
                    fal_paused_since, fal_refused, requests_last_minute, answered_last_minute, fal_silent_since,
                    fal_last_failure, requests_per_second_max, interval_ms)
                VALUES (?, current_timestamp, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                self.instance(),
                started.inDatabase(startedAt, behind),
                self.version(),
                self.http(),
                behind.toMillis(),
                perSecond,
                late.map(Lateness.Percentiles::p50).orElse(null),
                late.map(Lateness.Percentiles::p95).orElse(null),
                late.map(Lateness.Percentiles::p99).orElse(null),
                pause == null ? null : pausedUntil.inDatabase(pause.until(), pauseBehind),
                pause == null ? null : ServerText.fit(connection, pause.reason(), REASON_LENGTH_MAX),
                pause == null ? null : pausedSince.inDatabase(pause.since(), pauseBehind),
                pause == null ? null : pause.refusal().name().toLowerCase(Locale.ROOT),
                recent.sent(),
                recent.answered(),
                silentFor == null ? null : silentSince.inDatabase(silentSince(silentFor), behind),
                recent.lastFailure(),
                self.requestsPerSecondMax(),
                self.interval().toMillis());
    }

    /** Truncated to seconds, so that the value does not change between reports. */
    private Instant silentSince(Duration silentFor) {
        return clock.instant().minus(silentFor).truncatedTo(ChronoUnit.SECONDS);
    }

    private Load.Sample read(Connection connection) throws SQLException {
        return Jdbc.one(
                connection,
                """
                        SELECT coalesce(sum(checks_per_second), 0) AS per_second, max(late_p50_ms) AS p50,
                               max(late_p95_ms) AS p95, max(late_p99_ms) AS p99
                        FROM avatar_monitor_worker_status WHERE at > current_timestamp - INTERVAL '30' SECOND""",
                row -> new Load.Sample(
                        clock.instant(),
                        row.getDouble("per_second"),
                        row.getObject("p50", Long.class),
                        row.getObject("p95", Long.class),
                        row.getObject("p99", Long.class)));
    }
}
