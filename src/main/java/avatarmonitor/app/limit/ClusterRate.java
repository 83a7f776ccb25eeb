package avatarmonitor.app.limit;

import avatarmonitor.fal.limit.RateLimit;
import avatarmonitor.fal.limit.RateSlots;
import avatarmonitor.store.Database;
import avatarmonitor.store.clock.DatabaseTime;
import avatarmonitor.store.sql.Dialect;
import avatarmonitor.store.sql.Jdbc;
import avatarmonitor.store.sql.Timestamps;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The rate limit of all processes that share a database: one row, table {@code avatar_monitor_rate}, by the database's
 * clock. A reservation is one short transaction; {@code fal.limit.RequestTokens} makes at most about ten a second for
 * each process.
 */
final class ClusterRate implements RateLimit {
    /** Maximum lead; of a slower reservation the times that have passed are lost. */
    private static final Duration LEAD_MAX = Duration.ofSeconds(1);

    private final Database database;
    private final int requestsPerSecond;
    private final LongSupplier nanoTime;

    /** How long the last reservation took after the database's time was read. The next one takes times beyond that. */
    private volatile long leadNanos;

    /** @param nanoTime monotonic clock of this process */
    ClusterRate(Database database, int requestsPerSecond, LongSupplier nanoTime) {
        this.database = database;
        this.requestsPerSecond = requestsPerSecond;
        this.nanoTime = nanoTime;
    }

    /** @param readAt when the database's time was read, by the monotonic clock of this process */
    private record Dated(Grant grant, long readAt) {}

    /** @throws avatarmonitor.store.StoreException when the database failed */
    @Override
    public Grant reserve(int wanted, Lane lane) {
        long lead = leadNanos;
        Dated dated = database.inTransaction(connection -> {
            RateSlots slots = locked(connection);
            Instant now = DatabaseTime.now(connection, database.dialect());
            long readAt = nanoTime.getAsLong();
            RateSlots.Reserved reserved = (slots == null ? RateSlots.free(now) : slots)
                    .reserve(now.plusNanos(lead), wanted, requestsPerSecond, lane);
            if (slots == null) {
                insert(connection);
            }
            if (reserved.grant().count() > 0) {
                update(connection, reserved.slots());
            }
            return new Dated(reserved.grant(), readAt);
        });
        // The commit may have taken a while, in which the reserved times have come nearer.
        Grant grant = dated.grant();
        long passed = nanoTime.getAsLong() - dated.readAt();
        leadNanos = Math.min(passed, LEAD_MAX.toNanos());
        return new Grant(grant.count(), grant.delayNanos() + lead - passed, grant.stepNanos());
    }

    /**
     * A reservation that a crash of the server forgets was for the next seconds: waiting for the disk gains nothing.
     */
    private @Nullable RateSlots locked(Connection connection) throws SQLException {
        String quick = database.dialect() == Dialect.POSTGRESQL
                ? ", set_config('synchronous_commit', 'off', true) AS quick"
                : "";
        String sql = "SELECT next_at, operator_next_at" + quick + " FROM avatar_monitor_rate WHERE id = 1 FOR UPDATE";
        return Jdbc.first(
                        connection,
                        sql,
                        row -> new RateSlots(Timestamps.at(row, "next_at"), Timestamps.at(row, "operator_next_at")))
                .orElse(null);
    }

    private static void update(Connection connection, RateSlots slots) throws SQLException {
        String sql = "UPDATE avatar_monitor_rate SET next_at = ?, operator_next_at = ? WHERE id = 1";
        Jdbc.update(connection, sql, slots.nextAt(), slots.operatorNextAt());
    }

    /** The row was deleted. */
    private static void insert(Connection connection) throws SQLException {
        Jdbc.update(connection, """
                INSERT INTO avatar_monitor_rate (id, next_at, operator_next_at)
                VALUES (1, current_timestamp, current_timestamp)""");
    }
}
