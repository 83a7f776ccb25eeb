package avatarmonitor.alert;

import avatarmonitor.store.sql.Dialect;
import avatarmonitor.store.sql.FreshPlan;
import avatarmonitor.store.sql.Jdbc;
import avatarmonitor.store.sql.ServerText;
import avatarmonitor.store.sql.Timestamps;
import com.google.gson.JsonParser;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Delivery queue in table {@code avatar_monitor_delivery}. Within one lane of a channel messages are delivered in
 * order: only the oldest undelivered one is due. A worker claims a message before it sends it; an unsettled claim
 * expires, so that another worker can go on.
 */
public final class DeliveryQueue {
    /** Length of column {@code last_error}. */
    private static final int ERROR_LENGTH_MAX = 500;

    private final Dialect dialect;

    public DeliveryQueue(Dialect dialect) {
        this.dialect = dialect;
    }

    /**
     * A message that waits for delivery.
     *
     * @param attempts so far
     */
    record Waiting(long id, String lane, Message message, int attempts, Instant createdAt) {}

    void add(Connection connection, String channel, String lane, Message message, Instant now) throws SQLException {
        String sql = """
                INSERT INTO avatar_monitor_delivery
                  (channel, message_id, lane, body, state, created_at, attempts, next_attempt_at)
                VALUES (?, ?, ?, %s, 'waiting', ?, 0, ?)""".formatted(dialect.jsonParameter());
        String body = ServerText.json(connection, message.body(), false);
        Jdbc.update(connection, sql, channel, message.id(), lane, body, now, now);
    }

    /** Returns whether the lane has an undelivered message. */
    boolean waits(Connection connection, String channel, String lane) throws SQLException {
        return Jdbc.exists(connection, """
                SELECT 1 FROM avatar_monitor_delivery
                WHERE state = 'waiting' AND channel = ? AND lane = ? LIMIT 1""", channel, lane);
    }

    /**
     * Returns unclaimed messages that are due, at most {@code limit}, each the first of its lane. Both ORDER BY clauses
     * name all columns of an index, the fixed ones too: otherwise H2 would sort the whole backlog, and PostgreSQL would
     * search a lane in the wrong index. PostgreSQL also locks the rows and leaves out those that another worker has
     * locked, so that two workers take different messages. Call within a transaction.
     */
    List<Waiting> due(Connection connection, String channel, Instant now, int limit) throws SQLException {
        FreshPlan.byIndex(connection);
        String sql = """
                SELECT d.id, d.lane, d.message_id, d.body, d.attempts, d.created_at
                FROM avatar_monitor_delivery d
                WHERE d.state = 'waiting' AND d.channel = ? AND d.next_attempt_at <= ?
                  AND (d.claimed_until IS NULL OR d.claimed_until <= ?)
                  AND d.id = (SELECT first.id FROM avatar_monitor_delivery first
                              WHERE first.state = 'waiting' AND first.channel = d.channel AND first.lane = d.lane
                              ORDER BY first.state, first.channel, first.lane, first.id LIMIT 1)
                ORDER BY d.state, d.channel, d.next_attempt_at, d.id LIMIT ? %s""".formatted(dialect == Dialect.POSTGRESQL ? "FOR NO KEY UPDATE OF d SKIP LOCKED" : "");
        return Jdbc.listPlanned(
                connection,
                sql,
                row -> new Waiting(
                        row.getLong("id"),
                        row.getString("lane"),
                        new Message(
                                row.getObject("message_id", UUID.class),
                                JsonParser.parseString(row.getString("body")).getAsJsonObject()),
                        row.getInt("attempts"),
                        Timestamps.at(row, "created_at")),
                channel,
                now,
                now,
                limit);
    }

    /** Claims a message and counts the attempt; returns false when another worker was faster. */
    boolean claim(Connection connection, Waiting message, String worker, Instant now, Instant until)
            throws SQLException {
        String sql = """
                UPDATE avatar_monitor_delivery SET claimed_by = ?, claimed_until = ?, attempts = attempts + 1
                WHERE id = ? AND state = 'waiting' AND attempts = ?
                  AND (claimed_until IS NULL OR claimed_until <= ?)""";
        return Jdbc.update(connection, sql, worker, until, message.id(), message.attempts(), now) == 1;
    }

    /** Marks messages as delivered; returns the number of those whose claim still held. */
    int delivered(Connection connection, List<Waiting> claimed, Instant now) throws SQLException {
        String sql = """
                UPDATE avatar_monitor_delivery
                SET state = 'delivered', ended_at = ?, claimed_until = NULL, last_error = NULL
                WHERE id = ? AND state = 'waiting' AND attempts = ?""";
        return Jdbc.batch(connection, sql, claimed, one -> new Object[] {now, one.id(), one.attempts() + 1});
    }

    /** Releases the claims of messages that were not sent, as if they had not been claimed; returns their number. */
    int release(Connection connection, List<Waiting> claimed) throws SQLException {
        String sql = """
                UPDATE avatar_monitor_delivery SET claimed_until = NULL, attempts = attempts - 1
                WHERE id = ? AND state = 'waiting' AND attempts = ?""";
        return Jdbc.batch(connection, sql, claimed, one -> new Object[] {one.id(), one.attempts() + 1});
    }

    /** Releases the claim and schedules the next attempt; returns whether the claim still held. */
    boolean failed(Connection connection, Waiting claimed, String why, Instant next) throws SQLException {
        String sql = """
                UPDATE avatar_monitor_delivery SET claimed_until = NULL, last_error = ?, next_attempt_at = ?
                WHERE id = ? AND state = 'waiting' AND attempts = ?""";
        String error = ServerText.fit(connection, why, ERROR_LENGTH_MAX);
        return Jdbc.update(connection, sql, error, next, claimed.id(), claimed.attempts() + 1) == 1;
    }

    /**
     * Gives up unclaimed messages created before the time, at most {@code limit}; returns their number.
     *
     * @param channel null for all channels, also those that no worker has
     */
    int giveUp(Connection connection, @Nullable String channel, Instant createdBefore, Instant now, int limit)
            throws SQLException {
        String sql = """
                SELECT id FROM avatar_monitor_delivery
                WHERE state = 'waiting' %s AND created_at <= ?
                  AND (claimed_until IS NULL OR claimed_until <= ?) LIMIT ?""";
        List<Long> old = channel == null
                ? ids(connection, sql.formatted(""), createdBefore, now, limit)
                : ids(connection, sql.formatted("AND channel = ?"), channel, createdBefore, now, limit);
        return giveUp(connection, old, now);
    }

    private static int giveUp(Connection connection, List<Long> old, Instant now) throws SQLException {
        String sql = """
                UPDATE avatar_monitor_delivery SET state = 'given_up', ended_at = ?
                WHERE id = ? AND state = 'waiting' AND (claimed_until IS NULL OR claimed_until <= ?)""";
        return Jdbc.batch(connection, sql, old, id -> new Object[] {now, id, now});
    }

    /** Deletes at most {@code batch} messages that were delivered or given up before the time; returns their number. */
    public int prune(Connection connection, Instant before, int batch) throws SQLException {
        List<Long> old = ids(
                connection,
                "SELECT id FROM avatar_monitor_delivery WHERE ended_at < ? ORDER BY ended_at LIMIT ?",
                before,
                batch);
        String sql = "DELETE FROM avatar_monitor_delivery WHERE id = ? AND ended_at < ?";
        return Jdbc.batch(connection, sql, old, id -> new Object[] {id, before});
    }

    private static List<Long> ids(Connection connection, String sql, Object... values) throws SQLException {
        return Jdbc.list(connection, sql, row -> row.getLong(1), values);
    }
}
