package avatarmonitor.testing;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.store.Database;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Simulates the application: writes and reads rows of {@code avatars} with plain SQL. */
public final class Avatars {
    private final Database database;

    public Avatars(Database database) {
        this.database = database;
    }

    /** Inserts a row in TRAINING like an application. */
    public AvatarId training(String type, String requestId, Instant startedAt) {
        return insert(type, "TRAINING", requestId, startedAt);
    }

    public AvatarId insert(
            @Nullable String type, @Nullable String status, @Nullable String requestId, @Nullable Instant startedAt) {
        AvatarId id = new AvatarId(UUID.randomUUID());
        run("""
                INSERT INTO avatars (id, name, training_type, status, fal_request_id, training_started_at)
                VALUES (?, 'Ada', ?, ?, ?, ?)""", id.value(), type, status, requestId, startedAt == null ? null : startedAt.atOffset(ZoneOffset.UTC));
        return id;
    }

    /** Runs any statement. */
    public void run(String sql, @Nullable Object... parameters) {
        database.inTransaction(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                bind(statement, parameters);
                return statement.executeUpdate();
            }
        });
    }

    /** Returns the first row as text by column name; an empty map when there is none. */
    public Map<String, @Nullable String> row(String sql, @Nullable Object... parameters) {
        List<Map<String, @Nullable String>> rows = rows(sql, parameters);
        return rows.isEmpty() ? Map.of() : rows.get(0);
    }

    /** Returns each row as text by column name. */
    public List<Map<String, @Nullable String>> rows(String sql, @Nullable Object... parameters) {
        return database.read(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                bind(statement, parameters);
                try (ResultSet result = statement.executeQuery()) {
                    List<Map<String, @Nullable String>> rows = new ArrayList<>();
                    while (result.next()) {
                        Map<String, @Nullable String> row = new LinkedHashMap<>();
                        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                            row.put(
                                    result.getMetaData().getColumnLabel(i).toLowerCase(Locale.ROOT),
                                    result.getString(i));
                        }
                        rows.add(row);
                    }
                    return rows;
                }
            }
        });
    }

    /** Returns an avatar's whole row. */
    public Map<String, @Nullable String> row(AvatarId id) {
        return row("SELECT * FROM avatars WHERE id = ?", id.value());
    }

    /** Returns the types of an avatar's events in order, separated by commas. */
    public String events(AvatarId id) {
        return String.valueOf(row(
                        "SELECT string_agg(type, ',' ORDER BY id) AS types FROM avatar_event WHERE avatar_id = ?",
                        id.value())
                .get("types"));
    }

    public int count(String sql, @Nullable Object... parameters) {
        return Integer.parseInt(
                String.valueOf(row(sql, parameters).values().iterator().next()));
    }

    private static void bind(PreparedStatement statement, @Nullable Object[] parameters) throws SQLException {
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(i + 1, parameters[i]);
        }
    }
}
