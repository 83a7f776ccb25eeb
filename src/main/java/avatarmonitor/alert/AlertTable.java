package avatarmonitor.alert;

import avatarmonitor.alert.Alert.Phase;
import avatarmonitor.store.sql.Dialect;
import avatarmonitor.store.sql.Jdbc;
import avatarmonitor.store.sql.ServerText;
import avatarmonitor.store.sql.Timestamps;
import com.google.gson.Gson;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Table {@code avatar_monitor_alert}: state of each alert kind. Writers hold the lock of {@link #lock}. */
final class AlertTable {
    private static final Gson GSON = new Gson();

    private final Dialect dialect;

    AlertTable(Dialect dialect) {
        this.dialect = dialect;
    }

    /**
     * Tries to take the row lock for turning events into messages; does not wait. The lock lasts until the end of the
     * transaction.
     */
    boolean lock(Connection connection) throws SQLException {
        return Jdbc.exists(connection, "SELECT id FROM avatar_monitor_outbox_lock WHERE id = 1 FOR UPDATE SKIP LOCKED");
    }

    /** Returns whether any alert is not over. */
    boolean lasting(Connection connection) throws SQLException {
        return Jdbc.exists(connection, "SELECT 1 FROM avatar_monitor_alert WHERE state <> 'over' LIMIT 1");
    }

    /** Returns the alerts of all kinds that this version knows. */
    Map<AlertKind, Alert> all(Connection connection) throws SQLException {
        String sql = """
                SELECT kind, state, began_at, last_at, events, workers, examples, seen_at, due_at
                FROM avatar_monitor_alert""";
        Map<AlertKind, Alert> alerts = new EnumMap<>(AlertKind.class);
        Jdbc.forEach(connection, sql, row -> {
            Optional<AlertKind> kind = kind(row.getString("kind"));
            if (kind.isPresent()) {
                alerts.put(kind.get(), read(kind.get(), row));
            }
        });
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
                Timestamps.at(row, "began_at"),
                Timestamps.at(row, "last_at"),
                row.getLong("events"),
                new TreeSet<>(texts(row.getString("workers"))),
                texts(row.getString("examples")),
                Timestamps.at(row, "seen_at"),
                Timestamps.at(row, "due_at"));
    }

    private static List<String> texts(String json) {
        return List.of(GSON.fromJson(json, String[].class));
    }

    private static String json(Connection connection, Collection<String> texts) throws SQLException {
        return ServerText.json(connection, GSON.toJsonTree(texts), false);
    }

    /** Inserts or updates the state of an alert. */
    void save(Connection connection, Alert alert) throws SQLException {
        String json = dialect.jsonParameter();
        Object[] values = {
            alert.phase().name().toLowerCase(Locale.ROOT),
            alert.beganAt(),
            alert.lastAt(),
            alert.events(),
            json(connection, alert.workers()),
            json(connection, alert.examples()),
            alert.seenAt(),
            alert.dueAt(),
            alert.kind().word()
        };
        String update = """
                UPDATE avatar_monitor_alert SET state = ?, began_at = ?, last_at = ?, events = ?,
                  workers = %1$s, examples = %1$s, seen_at = ?, due_at = ? WHERE kind = ?""".formatted(json);
        if (Jdbc.update(connection, update, values) == 0) {
            String insert = """
                    INSERT INTO avatar_monitor_alert
                      (state, began_at, last_at, events, workers, examples, seen_at, due_at, kind)
                    VALUES (?, ?, ?, ?, %1$s, %1$s, ?, ?, ?)""".formatted(json);
            Jdbc.update(connection, insert, values);
        }
    }

    /** Returns the names of workers that have neither stopped in order nor been removed as dead. */
    Set<String> living(Connection connection) throws SQLException {
        return new HashSet<>(
                Jdbc.list(connection, "SELECT instance_name FROM avatar_monitor_worker", row -> row.getString(1)));
    }
}
