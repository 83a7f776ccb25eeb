package avatarmonitor.hint;

import avatarmonitor.fal.FalRequestId;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import avatarmonitor.store.sql.Jdbc;
import avatarmonitor.store.sql.Timestamps;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reliability of hints, for all workers in one database row: counts which ends hints reported, and which ends regular
 * checks found first. While hints are proven the check interval may be longer. Only results of checks count, never the
 * content of a hint.
 */
public final class Hints {
    /** Interval at which a worker judges ends and reads the common state. */
    public static final Duration PERIOD = Duration.ofSeconds(5);

    /** Retention of reported ends, longer than the list repeats any of them. */
    private static final Duration KEPT = Duration.ofHours(1);

    private static final Logger log = LoggerFactory.getLogger(Hints.class);

    private final Database database;
    private final HintMeter meter;
    private final InstantSource clock;
    private volatile @Nullable HintProof proof;
    private Instant nextPrune = Instant.MIN;

    /** Starts without knowledge: hints are not proven. */
    public Hints(Database database, HintMeter meter, InstantSource clock) {
        this.database = database;
        this.meter = meter;
        this.clock = clock;
    }

    /**
     * Returns whether hints have reported every end for an hour and probably continue to, as of the last {@link
     * #judgeDue}.
     * Cheap.
     */
    public boolean proven() {
        HintProof known = proof;
        return known != null && known.proven(clock.instant());
    }

    /**
     * Records that a regular check found the end of a training. Hints are not proven from now on, until a hint reports
     * the same end in time. Never fails: when the database does, they stay unproven for this worker until its next
     * {@link #judgeDue}.
     */
    public void polled(String requestId) {
        FalRequestId request = FalRequestId.parse(requestId).orElse(null);
        if (request == null) {
            return;
        }
        proof = null;
        record(() -> upsert(request, "polled_at"));
    }

    /**
     * Records a hint about a training that is over.
     *
     * @param first whether the check that the hint triggered found the end; otherwise another writer was faster
     */
    public void reported(FalRequestId request, HintSource source, boolean first) {
        record(() -> {
            upsert(request, "hinted_at");
            if (first) {
                count(source);
            }
        });
        if (first) {
            meter.found(source);
        }
    }

    /**
     * Records that the platform API lists these requests as ended; for those that a regular check has just found, the
     * hint was in time.
     */
    void listed(List<FalRequestId> requests) {
        if (requests.isEmpty()) {
            return;
        }
        String sql = """
                UPDATE avatar_monitor_hinted_end SET hinted_at = ?
                WHERE polled_at IS NOT NULL AND hinted_at IS NULL AND fal_request_id = ANY(?)""";
        database.update(sql, clock.instant(), PlatformApiTable.array(requests));
    }

    /** Records that the platform API lists the end of a training that was still monitored. */
    void lagged(Duration lag) {
        meter.listed(lag.isNegative() ? Duration.ZERO : lag);
    }

    private static void record(Runnable work) {
        try {
            work.run();
        } catch (StoreException e) {
            log.debug("hint is not counted error={}", e.getMessage());
        }
    }

    private void upsert(FalRequestId request, String column) {
        Instant now = clock.instant();
        // A row that another worker inserts between the two statements is updated then.
        if (!set(request, column, now) && !insert(request, column, now)) {
            set(request, column, now);
        }
    }

    private boolean set(FalRequestId request, String column, Instant now) {
        String sql = "UPDATE avatar_monitor_hinted_end SET %1$s = COALESCE(%1$s, ?) WHERE fal_request_id = ?"
                .formatted(column);
        return database.update(sql, now, request.value()) > 0;
    }

    private boolean insert(FalRequestId request, String column, Instant now) {
        String sql = "INSERT INTO avatar_monitor_hinted_end (%s, fal_request_id) VALUES (?, ?) ON CONFLICT DO NOTHING"
                .formatted(column);
        return database.update(sql, now, request.value()) > 0;
    }

    private void count(HintSource source) {
        String name = source == HintSource.WEBHOOK ? "webhook" : "history";
        Instant now = clock.instant();
        String sql = """
                UPDATE avatar_monitor_hint_proof
                SET by_%1$s = by_%1$s + 1, last_%1$s_at = ?, since = COALESCE(since, ?) WHERE id = 1""".formatted(name);
        database.update(sql, now, now);
    }

    /** Reads the common state, judges ends whose grace period is over, and deletes old ones. For one thread. */
    public void judgeDue() {
        Instant now = clock.instant();
        if (!now.isBefore(nextPrune)) {
            database.update("DELETE FROM avatar_monitor_hinted_end WHERE hinted_at < ?", now.minus(KEPT));
            nextPrune = now.plus(KEPT.dividedBy(6));
        }
        HintProof read = database.read(Hints::read);
        if (read.hasMiss(now)) {
            long missed = database.inTransaction(connection -> judge(connection, now));
            if (missed > 0) {
                meter.missed(missed);
                log.info("ends were found by polling before any hint reported them ends={}", missed);
            }
            read = database.read(Hints::read);
        }
        boolean before = proven();
        proof = read;
        boolean after = read.proven(now);
        meter.proven(after);
        if (before != after) {
            log.info("hints of ends proven={}", after);
        }
    }

    private static HintProof read(Connection connection) throws SQLException {
        return Jdbc.first(
                        connection,
                        """
                        SELECT p.since, p.last_webhook_at, p.last_history_at,
                          (SELECT answered_at FROM avatar_monitor_fal_history WHERE id = 1 AND off_since IS NULL) AS answered_at,
                          (SELECT count(*) FROM avatar_monitor_hinted_end WHERE polled_at IS NOT NULL AND hinted_at IS NULL) AS polled,
                          (SELECT min(polled_at) FROM avatar_monitor_hinted_end WHERE hinted_at IS NULL) AS polled_at
                        FROM avatar_monitor_hint_proof p WHERE p.id = 1""",
                        row -> new HintProof(
                                Timestamps.read(row, "since"),
                                Timestamps.read(row, "last_webhook_at"),
                                Timestamps.read(row, "last_history_at"),
                                Timestamps.read(row, "answered_at"),
                                row.getLong("polled"),
                                Timestamps.read(row, "polled_at")))
                .orElse(new HintProof(null, null, null, null, 0, null));
    }

    /** Deletes the misses and counts them. A row lock serializes workers, so that each miss counts once. */
    private static long judge(Connection connection, Instant now) throws SQLException {
        if (!Jdbc.exists(connection, "SELECT id FROM avatar_monitor_hint_proof WHERE id = 1 FOR UPDATE")) {
            return 0;
        }
        String delete =
                "DELETE FROM avatar_monitor_hinted_end WHERE hinted_at IS NULL AND (polled_at <= ? OR polled_at > ?)";
        int missed = Jdbc.update(connection, delete, now.minus(HintProof.GRACE), now.plus(HintProof.GRACE));
        if (missed > 0) {
            String count =
                    "UPDATE avatar_monitor_hint_proof SET misses = misses + ?, last_miss_at = ?, since = NULL WHERE id = 1";
            Jdbc.update(connection, count, missed, now);
        }
        return missed;
    }
}
