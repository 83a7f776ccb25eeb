package avatarmonitor.demo;

import avatarmonitor.store.Database;
import avatarmonitor.store.sql.Jdbc;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
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
        database.update(
                """
                INSERT INTO avatars (id, name, training_type, status, fal_request_id, training_started_at, updated_at)
                VALUES (?, ?, ?, ?, ?, ?, ?)""",
                role.id(),
                role.name(),
                role.type(),
                role.status(),
                role.first().requestId(),
                now.minus(role.age()),
                now);
    }

    /** Cancels an avatar as the user of the application would. */
    void cancel(DemoAvatar role, Instant now) {
        database.update(
                "UPDATE avatars SET status = ?, updated_at = ? WHERE id = ?",
                role.expected().status(),
                now,
                role.id());
    }

    /** Retrains an avatar: replaces its request id by that of the last training. */
    void trainAgain(DemoAvatar role, Instant now) {
        database.update(
                "UPDATE avatars SET fal_request_id = ?, training_started_at = ?, updated_at = ? WHERE id = ?",
                role.last().requestId(),
                now,
                now,
                role.id());
    }

    /** Database state of one avatar: its row, its monitoring row and its events. */
    record Row(Map<String, @Nullable String> avatar, Map<String, @Nullable String> monitoring, List<Event> events) {}

    /** An event of one avatar. */
    record Event(String type, @Nullable String requestId) {}

    Row read(DemoAvatar role) {
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
        return database.read(connection -> Jdbc.one(connection, sql, row -> row.getInt(1)));
    }

    private static List<Event> events(Connection connection, UUID avatar) throws SQLException {
        String sql = "SELECT type, fal_request_id FROM avatar_event WHERE avatar_id = ? ORDER BY id";
        return Jdbc.list(
                connection, sql, row -> new Event(row.getString("type"), row.getString("fal_request_id")), avatar);
    }

    /** Returns the selected row as text by column name; empty when no row is found. */
    private static Map<String, @Nullable String> row(Connection connection, String sql, UUID avatar)
            throws SQLException {
        return Jdbc.first(connection, sql, Application::columns, avatar).orElse(Map.of());
    }

    private static Map<String, @Nullable String> columns(ResultSet row) throws SQLException {
        Map<String, @Nullable String> columns = new LinkedHashMap<>();
        for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
            columns.put(row.getMetaData().getColumnLabel(i), row.getString(i));
        }
        return columns;
    }
}
