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
 * The table {@code avatar_monitor_training_type}: the types that live workers are configured with. The configuration is what counts for a
 * worker; the table tells the views, which cannot read it, and remembers where trainings of a type were submitted before its endpoint was
 * changed. Workers with different configurations, as in a rolling deployment, each keep their own types in it.
 */
public final class TrainingTypeRegistry {
    /** How often a worker tells its types. */
    public static final Duration PERIOD = Duration.ofMinutes(1);

    /** A type that no worker has told for so long is configured nowhere any more. */
    private static final Duration GONE_AFTER = Duration.ofMinutes(5);

    private final Database database;
    private final TrainingTypes types;
    private final Duration maxAge;
    private final InstantSource clock;
    private volatile Map<String, String> previous = Map.of();

    /**
     * Knows nothing yet.
     *
     * @param maxAge oldest training that is monitored: older ones are not looked for at a previous endpoint
     */
    public TrainingTypeRegistry(Database database, TrainingTypes types, Duration maxAge, InstantSource clock) {
        this.database = database;
        this.types = types;
        this.maxAge = maxAge;
        this.clock = clock;
    }

    /** The endpoint that a type had before its present one; empty when it was not changed while present trainings run. */
    public Optional<String> previousEndpoint(TrainingType type) {
        return Optional.ofNullable(previous.get(AsciiCase.upper(type.name())));
    }

    /** Whether some type had this application as its endpoint before. */
    public boolean wasEndpoint(String application) {
        return previous.values().stream().anyMatch(endpoint -> (endpoint + "/").startsWith(application + "/"));
    }

    /** Reads the previous endpoints. */
    public void read() {
        previous = database.read(this::read);
    }

    /** Tells the types of this worker, and reads the previous endpoints. */
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
        // All expressions see the row as it was.
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
