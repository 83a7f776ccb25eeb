package avatarmonitor.avatar;

import avatarmonitor.store.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The table {@code avatar_monitor_training_type}: the training types that live workers are configured with. Workers
 * follow their configuration; the table makes it available to the views and keeps the previous endpoint of a type whose
 * endpoint was changed. Workers with different configurations, as in a rolling deployment, each keep their own types in
 * it.
 */
public final class TrainingTypeRegistry {
    /** Interval at which a worker writes its types. */
    public static final Duration PERIOD = Duration.ofMinutes(1);

    /** A type that no worker has written for this long is no longer configured anywhere. */
    private static final Duration GONE_AFTER = Duration.ofMinutes(5);

    private final Database database;
    private final TrainingTypes types;
    private final Duration maxAge;
    private final InstantSource clock;
    private volatile Map<String, String> previous = Map.of();

    /**
     * Creates the registry without reading the table.
     *
     * @param maxAge oldest training that is monitored: older ones are not looked for at a previous endpoint
     */
    public TrainingTypeRegistry(Database database, TrainingTypes types, Duration maxAge, InstantSource clock) {
        this.database = database;
        this.types = types;
        this.maxAge = maxAge;
        this.clock = clock;
    }

    /**
     * Returns the endpoint that a type had before its current one; empty when it did not change within the age of
     * monitored trainings.
     */
    public Optional<String> previousEndpoint(TrainingType type) {
        return Optional.ofNullable(previous.get(AsciiCase.upper(type.name())));
    }

    /** Returns whether some type had this application as its previous endpoint. */
    public boolean wasEndpoint(String application) {
        return previous.values().stream().anyMatch(endpoint -> (endpoint + "/").startsWith(application + "/"));
    }

    /** Reads the previous endpoints. */
    public void read() {
        previous = database.read(this::read);
    }

    /** Writes the types of this worker, and reads the previous endpoints. */
    public void write() {
        Instant now = clock.instant();
        previous = database.inTransaction(connection -> {
            for (TrainingType type : types.all()) {
                insert(connection, type, now);
                update(connection, type, now);
            }
            prune(connection, now);
            return read(connection);
        });
    }

    private void insert(Connection connection, TrainingType type, Instant now) throws SQLException {
        String sql = """
                INSERT INTO avatar_monitor_training_type (name, endpoint, seen_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING""";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, AsciiCase.upper(type.name()));
            statement.setString(2, type.endpoint());
            statement.setObject(3, utc(now));
            statement.executeUpdate();
        }
    }

    private static void update(Connection connection, TrainingType type, Instant now) throws SQLException {
        // All expressions see the old values of the row.
        String sql = """
                UPDATE avatar_monitor_training_type
                SET previous_endpoint = CASE WHEN endpoint <> ? THEN endpoint ELSE previous_endpoint END,
                    changed_at = CASE WHEN endpoint <> ? THEN CAST(? AS timestamp with time zone) ELSE changed_at END,
                    endpoint = ?,
                    seen_at = ?
                WHERE name = ?""";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, type.endpoint());
            statement.setString(2, type.endpoint());
            statement.setObject(3, utc(now));
            statement.setString(4, type.endpoint());
            statement.setObject(5, utc(now));
            statement.setString(6, AsciiCase.upper(type.name()));
            statement.executeUpdate();
        }
    }

    private static void prune(Connection connection, Instant now) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("DELETE FROM avatar_monitor_training_type WHERE seen_at < ?")) {
            statement.setObject(1, utc(now.minus(GONE_AFTER)));
            statement.executeUpdate();
        }
    }

    private Map<String, String> read(Connection connection) throws SQLException {
        String sql = """
                SELECT name, previous_endpoint FROM avatar_monitor_training_type
                WHERE previous_endpoint IS NOT NULL AND changed_at >= ?""";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setObject(1, utc(clock.instant().minus(maxAge)));
            Map<String, String> found = new HashMap<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    found.put(row.getString("name"), row.getString("previous_endpoint"));
                }
            }
            return Map.copyOf(found);
        }
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
