package avatarmonitor.demo;

import avatarmonitor.store.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Simulates the application that owns the table {@code avatars}: writes and reads it with plain SQL. */
final class Application {
    private final Database database;

    Application(Database database) {
        this.database = database;
    }

    /** Inserts an avatar in TRAINING with the fields that avatar-monitor needs. */
    void handOver(DemoAvatar role, Instant now) {
        run(
                """
                INSERT INTO avatars (id, name, training_type, status, fal_request_id, training_started_at, updated_at)
                VALUES (?, ?, ?, ?, ?, ?, ?)""",
                role.id(),
                role.name(),
                role.type(),
                role.status(),
                role.first().requestId(),
                utc(now.minus(role.age())),
                utc(now));
    }

    /** Cancels an avatar as the user of the application would. */
    void cancel(DemoAvatar role, Instant now) {
        run(
                "UPDATE avatars SET status = ?, updated_at = ? WHERE id = ?",
                role.expected().status(),
                utc(now),
                role.id());
    }

    /** Retrains an avatar: replaces its request id by that of the last training. */
    void trainAgain(DemoAvatar role, Instant now) {
        run(
                "UPDATE avatars SET fal_request_id = ?, training_started_at = ?, updated_at = ? WHERE id = ?",
                role.last().requestId(),
                utc(now),
                utc(now),
                role.id());
    }

    /** Database state of one avatar: its row, its monitoring row and its events. */
    record Row(Map<String, @Nullable String> avatar, Map<String, @Nullable String> monitoring, List<Event> events) {}

    /** An event of one avatar. */
    record Event(String type, @Nullable String requestId) {}

    Row look(DemoAvatar role) {
        return database.read(connection -> new Row(
                row(connection, "SELECT * FROM avatars WHERE id = ?", role.id()),
                row(connection, """
                        SELECT m.last_fal_status, m.queue_position, m.checks
                        FROM avatar_monitoring m JOIN avatars a ON a.id = m.avatar_id AND a.fal_request_id = m.fal_request_id
                        WHERE a.id = ?""", role.id()),
                events(connection, role.id())));
    }

    boolean seesWorker() {
        return count("SELECT count(*) FROM v_workers WHERE alive") > 0;
    }

    int events() {
        return count("SELECT count(*) FROM avatar_event");
    }

    private int count(String sql) {
        return database.read(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql);
                    ResultSet count = statement.executeQuery()) {
                count.next();
                return count.getInt(1);
            }
        });
    }

    private static List<Event> events(Connection connection, UUID avatar) throws SQLException {
        String sql = "SELECT type, fal_request_id FROM avatar_event WHERE avatar_id = ? ORDER BY id";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setObject(1, avatar);
            List<Event> events = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    events.add(new Event(row.getString("type"), row.getString("fal_request_id")));
                }
            }
            return events;
        }
    }

    /** Returns the selected row as text by column name; empty when no row is found. */
    private static Map<String, @Nullable String> row(Connection connection, String sql, UUID avatar)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setObject(1, avatar);
            try (ResultSet found = statement.executeQuery()) {
                Map<String, @Nullable String> row = new LinkedHashMap<>();
                if (found.next()) {
                    for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
                        row.put(found.getMetaData().getColumnLabel(i), found.getString(i));
                    }
                }
                return row;
            }
        }
    }

    private void run(String sql, @Nullable Object... parameters) {
        database.inTransaction(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                for (int i = 0; i < parameters.length; i++) {
                    statement.setObject(i + 1, parameters[i]);
                }
                return statement.executeUpdate();
            }
        });
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
