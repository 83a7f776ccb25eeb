package avatarmonitor.alert;

import avatarmonitor.alert.Alert.Phase;
import avatarmonitor.store.Dialect;
import avatarmonitor.store.ServerText;
import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.StreamSupport;

/** Table {@code avatar_monitor_alert}: state of each alert kind. Writers hold the lock of {@link #lock}. */
final class AlertTable {
    private final Dialect dialect;

    AlertTable(Dialect dialect) {
        this.dialect = dialect;
    }

    /**
     * Tries to take the row lock for turning events into messages; does not wait. The lock lasts until the end of the
     * transaction.
     */
    boolean lock(Connection connection) throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement(
                        "SELECT id FROM avatar_monitor_outbox_lock WHERE id = 1 FOR UPDATE SKIP LOCKED");
                ResultSet row = lock.executeQuery()) {
            return row.next();
        }
    }

    /** Returns whether any alert is not over. */
    boolean lasting(Connection connection) throws SQLException {
        try (PreparedStatement look = connection.prepareStatement(
                        "SELECT 1 FROM avatar_monitor_alert WHERE state <> 'over' LIMIT 1");
                ResultSet row = look.executeQuery()) {
            return row.next();
        }
    }

    /** Returns the alerts of all kinds that this version knows. */
    Map<AlertKind, Alert> all(Connection connection) throws SQLException {
        Map<AlertKind, Alert> alerts = new EnumMap<>(AlertKind.class);
        try (PreparedStatement look = connection.prepareStatement("""
                        SELECT kind, state, began_at, last_at, events, workers, examples, seen_at, due_at
                        FROM avatar_monitor_alert""");
                ResultSet row = look.executeQuery()) {
            while (row.next()) {
                Optional<AlertKind> kind = kind(row.getString("kind"));
                if (kind.isPresent()) {
                    alerts.put(kind.get(), read(kind.get(), row));
                }
            }
        }
        return alerts;
    }

    private static Optional<AlertKind> kind(String word) {
        return Arrays.stream(AlertKind.values())
                .filter(kind -> kind.word().equals(word))
                .findFirst();
    }

    private static Alert read(AlertKind kind, ResultSet row) throws SQLException {
        return new Alert(
                kind,
                Phase.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                instant(row, "began_at"),
                instant(row, "last_at"),
                row.getLong("events"),
                new TreeSet<>(texts(row.getString("workers"))),
                texts(row.getString("examples")).stream().map(EventSummary::new).toList(),
                instant(row, "seen_at"),
                instant(row, "due_at"));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static List<String> texts(String json) {
        return StreamSupport.stream(
                        JsonParser.parseString(json).getAsJsonArray().spliterator(), false)
                .map(element -> element.getAsString())
                .toList();
    }

    private static String json(Connection connection, Iterable<String> texts) throws SQLException {
        JsonArray array = new JsonArray();
        texts.forEach(array::add);
        return ServerText.json(connection, array, false);
    }

    /** Inserts or updates the state of an alert. */
    void save(Connection connection, Alert alert) throws SQLException {
        if (update(connection, alert) == 0) {
            try (PreparedStatement insert = connection.prepareStatement(
                    switch (dialect) {
                        case POSTGRESQL -> """
                        INSERT INTO avatar_monitor_alert
                          (state, began_at, last_at, events, workers, examples, seen_at, due_at, kind)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""";
                        case H2 -> """
                        INSERT INTO avatar_monitor_alert
                          (state, began_at, last_at, events, workers, examples, seen_at, due_at, kind)
                        VALUES (?, ?, ?, ?, ? FORMAT JSON, ? FORMAT JSON, ?, ?, ?)""";
                    })) {
                bind(insert, alert);
                insert.executeUpdate();
            }
        }
    }

    private int update(Connection connection, Alert alert) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                switch (dialect) {
                    case POSTGRESQL -> """
                        UPDATE avatar_monitor_alert SET state = ?, began_at = ?, last_at = ?, events = ?,
                          workers = ?, examples = ?, seen_at = ?, due_at = ? WHERE kind = ?""";
                    case H2 -> """
                        UPDATE avatar_monitor_alert SET state = ?, began_at = ?, last_at = ?, events = ?,
                          workers = ? FORMAT JSON, examples = ? FORMAT JSON, seen_at = ?, due_at = ? WHERE kind = ?""";
                })) {
            bind(update, alert);
            return update.executeUpdate();
        }
    }

    private static void bind(PreparedStatement statement, Alert alert) throws SQLException {
        statement.setString(1, alert.phase().name().toLowerCase(Locale.ROOT));
        statement.setObject(2, alert.beganAt().atOffset(ZoneOffset.UTC));
        statement.setObject(3, alert.lastAt().atOffset(ZoneOffset.UTC));
        statement.setLong(4, alert.events());
        statement.setString(5, json(statement.getConnection(), alert.workers()));
        statement.setString(
                6,
                json(
                        statement.getConnection(),
                        alert.examples().stream().map(EventSummary::text).toList()));
        statement.setObject(7, alert.seenAt().atOffset(ZoneOffset.UTC));
        statement.setObject(8, alert.dueAt().atOffset(ZoneOffset.UTC));
        statement.setString(9, alert.kind().word());
    }

    /** Returns the names of workers that have neither stopped in order nor been removed as dead. */
    Set<String> living(Connection connection) throws SQLException {
        Set<String> names = new HashSet<>();
        try (PreparedStatement look = connection.prepareStatement("SELECT instance_name FROM avatar_monitor_worker");
                ResultSet row = look.executeQuery()) {
            while (row.next()) {
                names.add(row.getString(1));
            }
        }
        return names;
    }
}
