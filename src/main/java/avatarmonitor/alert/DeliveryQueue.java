package avatarmonitor.alert;

import avatarmonitor.store.Dialect;
import avatarmonitor.store.FreshPlan;
import avatarmonitor.store.ServerText;
import com.google.gson.JsonParser;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

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
        try (PreparedStatement insert = connection.prepareStatement(
                switch (dialect) {
                    case POSTGRESQL -> """
                        INSERT INTO avatar_monitor_delivery
                          (channel, message_id, lane, body, state, created_at, attempts, next_attempt_at)
                        VALUES (?, ?, ?, ?, 'waiting', ?, 0, ?)""";
                    case H2 -> """
                        INSERT INTO avatar_monitor_delivery
                          (channel, message_id, lane, body, state, created_at, attempts, next_attempt_at)
                        VALUES (?, ?, ?, ? FORMAT JSON, 'waiting', ?, 0, ?)""";
                })) {
            insert.setString(1, channel);
            insert.setObject(2, message.id());
            insert.setString(3, lane);
            insert.setString(4, ServerText.json(connection, message.body(), false));
            insert.setObject(5, now.atOffset(ZoneOffset.UTC));
            insert.setObject(6, now.atOffset(ZoneOffset.UTC));
            insert.executeUpdate();
        }
    }

    /** Returns whether the lane has an undelivered message. */
    boolean waits(Connection connection, String channel, String lane) throws SQLException {
        try (PreparedStatement look = connection.prepareStatement("""
                SELECT 1 FROM avatar_monitor_delivery
                WHERE state = 'waiting' AND channel = ? AND lane = ? LIMIT 1""")) {
            look.setString(1, channel);
            look.setString(2, lane);
            try (ResultSet row = look.executeQuery()) {
                return row.next();
            }
        }
    }

    /**
     * Returns unclaimed messages that are due, at most {@code limit}, each the first of its lane. Both ORDER BY clauses
     * name all columns of an index, the fixed ones too: otherwise H2 would sort the whole backlog, and PostgreSQL would
     * search a lane in the wrong index. Call within a transaction.
     */
    List<Waiting> due(Connection connection, String channel, Instant now, int limit) throws SQLException {
        FreshPlan.byIndex(connection);
        try (PreparedStatement look = FreshPlan.prepare(connection, """
                SELECT d.id, d.lane, d.message_id, d.body, d.attempts, d.created_at
                FROM avatar_monitor_delivery d
                WHERE d.state = 'waiting' AND d.channel = ? AND d.next_attempt_at <= ?
                  AND (d.claimed_until IS NULL OR d.claimed_until <= ?)
                  AND d.id = (SELECT first.id FROM avatar_monitor_delivery first
                              WHERE first.state = 'waiting' AND first.channel = d.channel AND first.lane = d.lane
                              ORDER BY first.state, first.channel, first.lane, first.id LIMIT 1)
                ORDER BY d.state, d.channel, d.next_attempt_at, d.id LIMIT ?""")) {
            look.setString(1, channel);
            look.setObject(2, now.atOffset(ZoneOffset.UTC));
            look.setObject(3, now.atOffset(ZoneOffset.UTC));
            look.setInt(4, limit);
            List<Waiting> due = new ArrayList<>();
            try (ResultSet row = look.executeQuery()) {
                while (row.next()) {
                    due.add(new Waiting(
                            row.getLong("id"),
                            row.getString("lane"),
                            new Message(
                                    row.getObject("message_id", UUID.class),
                                    JsonParser.parseString(row.getString("body"))
                                            .getAsJsonObject()),
                            row.getInt("attempts"),
                            row.getObject("created_at", OffsetDateTime.class).toInstant()));
                }
            }
            return due;
        }
    }

    /** Claims a message and counts the attempt; returns false when another worker was faster. */
    boolean claim(Connection connection, Waiting message, String worker, Instant now, Instant until)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("""
                UPDATE avatar_monitor_delivery SET claimed_by = ?, claimed_until = ?, attempts = attempts + 1
                WHERE id = ? AND state = 'waiting' AND attempts = ?
                  AND (claimed_until IS NULL OR claimed_until <= ?)""")) {
            update.setString(1, worker);
            update.setObject(2, until.atOffset(ZoneOffset.UTC));
            update.setLong(3, message.id());
            update.setInt(4, message.attempts());
            update.setObject(5, now.atOffset(ZoneOffset.UTC));
            return update.executeUpdate() == 1;
        }
    }

    /** Marks a message as delivered; returns whether the claim still held. */
    boolean delivered(Connection connection, Waiting claimed, Instant now) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("""
                UPDATE avatar_monitor_delivery
                SET state = 'delivered', ended_at = ?, claimed_until = NULL, last_error = NULL
                WHERE id = ? AND state = 'waiting' AND attempts = ?""")) {
            update.setObject(1, now.atOffset(ZoneOffset.UTC));
            update.setLong(2, claimed.id());
            update.setInt(3, claimed.attempts() + 1);
            return update.executeUpdate() == 1;
        }
    }

    /** Releases the claim and schedules the next attempt. */
    void failed(Connection connection, Waiting claimed, String why, Instant next) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("""
                UPDATE avatar_monitor_delivery SET claimed_until = NULL, last_error = ?, next_attempt_at = ?
                WHERE id = ? AND state = 'waiting' AND attempts = ?""")) {
            update.setString(1, ServerText.fit(connection, why, ERROR_LENGTH_MAX));
            update.setObject(2, next.atOffset(ZoneOffset.UTC));
            update.setLong(3, claimed.id());
            update.setInt(4, claimed.attempts() + 1);
            update.executeUpdate();
        }
    }

    /**
     * Gives up unclaimed messages of a channel created before the time, at most {@code limit}; returns their number.
     */
    int giveUp(Connection connection, String channel, Instant createdBefore, Instant now, int limit)
            throws SQLException {
        List<Long> old;
        try (PreparedStatement look = connection.prepareStatement("""
                SELECT id FROM avatar_monitor_delivery
                WHERE state = 'waiting' AND channel = ? AND created_at <= ?
                  AND (claimed_until IS NULL OR claimed_until <= ?) LIMIT ?""")) {
            look.setString(1, channel);
            look.setObject(2, createdBefore.atOffset(ZoneOffset.UTC));
            look.setObject(3, now.atOffset(ZoneOffset.UTC));
            look.setInt(4, limit);
            old = ids(look);
        }
        return giveUp(connection, old, now);
    }

    /** Gives up old messages of all channels, also of those that no worker has. */
    int giveUp(Connection connection, Instant createdBefore, Instant now, int limit) throws SQLException {
        List<Long> old;
        try (PreparedStatement look = connection.prepareStatement("""
                SELECT id FROM avatar_monitor_delivery
                WHERE state = 'waiting' AND created_at <= ?
                  AND (claimed_until IS NULL OR claimed_until <= ?) LIMIT ?""")) {
            look.setObject(1, createdBefore.atOffset(ZoneOffset.UTC));
            look.setObject(2, now.atOffset(ZoneOffset.UTC));
            look.setInt(3, limit);
            old = ids(look);
        }
        return giveUp(connection, old, now);
    }

    private static int giveUp(Connection connection, List<Long> old, Instant now) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("""
                UPDATE avatar_monitor_delivery SET state = 'given_up', ended_at = ?
                WHERE id = ? AND state = 'waiting' AND (claimed_until IS NULL OR claimed_until <= ?)""")) {
            for (long id : old) {
                update.setObject(1, now.atOffset(ZoneOffset.UTC));
                update.setLong(2, id);
                update.setObject(3, now.atOffset(ZoneOffset.UTC));
                update.addBatch();
            }
            return Arrays.stream(update.executeBatch()).sum();
        }
    }

    /** Deletes at most {@code batch} messages that were delivered or given up before the time; returns their number. */
    public int prune(Connection connection, Instant before, int batch) throws SQLException {
        List<Long> old;
        try (PreparedStatement look = connection.prepareStatement(
                "SELECT id FROM avatar_monitor_delivery WHERE ended_at < ? ORDER BY ended_at LIMIT ?")) {
            look.setObject(1, before.atOffset(ZoneOffset.UTC));
            look.setInt(2, batch);
            old = ids(look);
        }
        try (PreparedStatement delete =
                connection.prepareStatement("DELETE FROM avatar_monitor_delivery WHERE id = ? AND ended_at < ?")) {
            for (long id : old) {
                delete.setLong(1, id);
                delete.setObject(2, before.atOffset(ZoneOffset.UTC));
                delete.addBatch();
            }
            return Arrays.stream(delete.executeBatch()).sum();
        }
    }

    private static List<Long> ids(PreparedStatement look) throws SQLException {
        List<Long> ids = new ArrayList<>();
        try (ResultSet row = look.executeQuery()) {
            while (row.next()) {
                ids.add(row.getLong(1));
            }
        }
        return ids;
    }
}
