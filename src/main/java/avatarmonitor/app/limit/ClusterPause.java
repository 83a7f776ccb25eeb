package avatarmonitor.app.limit;

import avatarmonitor.fal.FalConfig;
import avatarmonitor.fal.FalKey;
import avatarmonitor.fal.limit.FalLimits;
import avatarmonitor.fal.limit.FalPauseListener.Refusal;
import avatarmonitor.fal.limit.Paused;
import avatarmonitor.fal.limit.SharedPause;
import avatarmonitor.store.Database;
import avatarmonitor.store.sql.Jdbc;
import avatarmonitor.store.sql.ServerText;
import avatarmonitor.store.sql.Timestamps;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The polling pause of all processes that share a database and a key: a row of table {@code avatar_monitor_fal_pause},
 * by the database's clock. It outlives the processes.
 */
public final class ClusterPause implements SharedPause {
    private static final int REASON_LENGTH_MAX = 1_000;
    private static final int PROCESS_LENGTH_MAX = 200;
    /** Time from the reservation of an attempt to its request, and from its answer to the shared row. */
    static final Duration ATTEMPT_MARGIN = Duration.ofSeconds(5);

    private final Database database;
    private final String key;
    private final String process;
    private final Duration attempt;

    /**
     * Shares pauses with the processes that use the same key.
     *
     * @param process named to the others as the one that found a pause
     * @param timeout of one request
     */
    ClusterPause(Database database, FalKey key, String process, Duration timeout) {
        this.database = database;
        this.key = key.digest();
        this.attempt = timeout.plus(ATTEMPT_MARGIN);
        this.process = process.substring(0, Math.min(process.length(), PROCESS_LENGTH_MAX));
    }

    /** Returns what the processes of the cluster share. */
    public static FalLimits limits(
            Database database, FalConfig fal, String process, Predicate<@Nullable String> pausedByOperator) {
        FalKey key = fal.key();
        return new FalLimits(
                new ClusterRate(database, fal.requestsPerSecond(), System::nanoTime),
                key == null ? SharedPause.NONE : new ClusterPause(database, key, process, fal.timeout()),
                pausedByOperator);
    }

    /** The row by the database's clock, of which {@code now} is the time. */
    private record Row(long version, boolean over, Paused pause, String worker, Instant now) {

        /** Returns whether a refusal extends this pause, instead of beginning another one. */
        boolean lasts() {
            return !over && !pause.isOverByTime(now);
        }
    }

    /** @throws avatarmonitor.store.StoreException when the database failed */
    @Override
    public Optional<Known> exchange(Found found, Instant now) {
        Optional<Row> row = found instanceof Found.Nothing
                ? database.read(connection -> select(connection, ""))
                : database.inTransaction(connection -> write(connection, found, now));
        return row.map(read -> known(read, now));
    }

    /** @throws avatarmonitor.store.StoreException when the database failed */
    @Override
    public Optional<Claim> claim(long version) {
        String sql = """
                UPDATE avatar_monitor_fal_pause
                SET version = version + 1, ends_at = current_timestamp + CAST(? AS integer) * INTERVAL '1' SECOND
                WHERE key_digest = ? AND version = ? AND ended_at IS NULL""";
        return database.update(sql, attempt.toSeconds(), key, version) == 1
                ? Optional.of(new Claim(version + 1, attempt))
                : Optional.empty();
    }

    private Known known(Row row, Instant now) {
        Paused pause = row.pause().by(Duration.between(row.now(), now));
        String reason =
                row.worker().equals(process) ? pause.reason() : pause.reason() + " (found by " + row.worker() + ")";
        return new Known(row.version(), row.over(), new Paused(pause.refusal(), pause.since(), pause.until(), reason));
    }

    private Optional<Row> write(Connection connection, Found found, Instant now) throws SQLException {
        if (found instanceof Found.Answered answered) {
            Jdbc.update(connection, """
                    UPDATE avatar_monitor_fal_pause SET version = version + 1, ended_at = current_timestamp
                    WHERE key_digest = ? AND version = ? AND ended_at IS NULL""", key, answered.version());
        } else if (found instanceof Found.Refused refused) {
            insert(connection);
            Optional<Row> before = select(connection, " FOR UPDATE");
            if (before.isPresent()) {
                Row row = before.get();
                update(connection, row, refused.pause().by(Duration.between(now, row.now())));
            }
        } else {
            throw new IllegalStateException("nothing to write: " + found);
        }
        return select(connection, "");
    }

    /**
     * Inserts the row of a key that was never refused before, as one that is over, and deletes those of former keys.
     */
    private void insert(Connection connection) throws SQLException {
        String sql = """
                INSERT INTO avatar_monitor_fal_pause (key_digest, version, refused, since, ends_at, ended_at, reason, worker)
                VALUES (?, 0, 'pace', current_timestamp, current_timestamp, current_timestamp, '', '') ON CONFLICT DO NOTHING""";
        if (Jdbc.update(connection, sql, key) == 1) {
            String old = "DELETE FROM avatar_monitor_fal_pause WHERE ends_at < current_timestamp - INTERVAL '30' DAY";
            Jdbc.update(connection, old);
        }
    }

    private void update(Connection connection, Row before, Paused found) throws SQLException {
        Paused pause = before.lasts() ? before.pause().joinedBy(found) : found;
        boolean named = before.lasts() && pause.reason().equals(before.pause().reason());
        Jdbc.update(
                connection,
                """
                UPDATE avatar_monitor_fal_pause
                SET version = ?, refused = ?, since = ?, ends_at = ?, ended_at = NULL, reason = ?, worker = ?
                WHERE key_digest = ?""",
                // A row that was deleted and inserted again has another version than before.
                Math.max(before.version() + 1, before.now().toEpochMilli()),
                pause.refusal().name().toLowerCase(Locale.ROOT),
                pause.since(),
                pause.until(),
                ServerText.fit(connection, pause.reason(), REASON_LENGTH_MAX),
                named ? before.worker() : process,
                key);
    }

    private Optional<Row> select(Connection connection, String lock) throws SQLException {
        String sql = """
                SELECT version, refused, since, ends_at, ended_at, reason, worker, current_timestamp AS now_at
                FROM avatar_monitor_fal_pause WHERE key_digest = ?""" + lock;
        return Jdbc.first(connection, sql, ClusterPause::row, key);
    }

    private static Row row(ResultSet row) throws SQLException {
        String refused = row.getString("refused").toUpperCase(Locale.ROOT);
        Refusal refusal = Arrays.stream(Refusal.values())
                .filter(known -> known.name().equals(refused))
                .findFirst()
                // A word of a newer version: only an answer ends it.
                .orElse(Refusal.ACCOUNT);
        return new Row(
                row.getLong("version"),
                row.getObject("ended_at") != null,
                new Paused(
                        refusal, Timestamps.at(row, "since"), Timestamps.at(row, "ends_at"), row.getString("reason")),
                row.getString("worker"),
                Timestamps.at(row, "now_at"));
    }
}
