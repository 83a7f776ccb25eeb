package avatarmonitor.avatar;

import avatarmonitor.store.Database;
import avatarmonitor.store.sql.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The table {@code avatar_monitor_training_type}: the training types that live workers are configured with. Workers
 * follow their configuration; the table makes it available to the views. Workers with different configurations, as in a
 * rolling deployment, each keep their own types in it. The table {@code avatar_monitor_endpoint} keeps every endpoint
 * to which running trainings of a type may have been submitted.
 */
public final class TrainingTypeRegistry {
    /** Interval at which a worker writes its types. */
    public static final Duration PERIOD = Duration.ofMinutes(1);

    /** A type that no worker has written for this long is no longer configured anywhere. */
    private static final Duration GONE_AFTER = Duration.ofMinutes(5);

    /** A live worker has written its types within this time. */
    private static final Duration WRITTEN_WITHIN = PERIOD.multipliedBy(2).plusSeconds(30);

    /** Maximum number of endpoints, besides the configured one, that one check queries. */
    private static final int OTHERS_MAX = 3;

    /** Maximum number of rows read. */
    private static final int ROWS_MAX = 1_000;

    private final Database database;
    private final TrainingTypes types;
    private final Duration maxAge;
    private final InstantSource clock;
    private volatile Map<String, List<String>> others = Map.of();

    /**
     * Creates the registry without reading the table.
     *
     * @param maxAge maximum age of a monitored training; former endpoints are not queried for older ones
     */
    public TrainingTypeRegistry(Database database, TrainingTypes types, Duration maxAge, InstantSource clock) {
        this.database = database;
        this.types = types;
        this.maxAge = maxAge;
        this.clock = clock;
    }

    /**
     * Returns the other endpoints to which trainings of a type may have been submitted: those of other workers, and
     * those configured within the age of monitored trainings. Latest first, at most {@link #OTHERS_MAX}.
     */
    public List<String> otherEndpoints(TrainingType type) {
        return others.getOrDefault(AsciiCase.upper(type.name()), List.of());
    }

    /** Returns whether this application is or was the endpoint of some type, by the configuration of another worker. */
    public boolean wasEndpoint(String application) {
        return others.values().stream()
                .flatMap(List::stream)
                .anyMatch(endpoint -> (endpoint + "/").startsWith(application + "/"));
    }

    /**
     * A type that live workers are configured with.
     *
     * @param name in upper case
     * @param endpoints the one written last, and a different one written shortly before
     */
    public record Configured(String name, List<String> endpoints) {}

    /** Returns the types that workers wrote in the last minutes, by name. */
    public List<Configured> configured() {
        Instant since = clock.instant().minus(WRITTEN_WITHIN);
        return database.read(connection -> configured(connection, since));
    }

    private static List<Configured> configured(Connection connection, Instant since) throws SQLException {
        String sql = """
                SELECT name, endpoint, CASE WHEN changed_at >= ? THEN previous_endpoint END
                FROM avatar_monitor_training_type
                WHERE seen_at >= ? ORDER BY name LIMIT ?""";
        return Jdbc.list(
                connection,
                sql,
                row -> {
                    List<String> endpoints = Stream.of(row.getString(2), row.getString(3))
                            .filter(Objects::nonNull)
                            .toList();
                    return new Configured(row.getString(1), endpoints);
                },
                since,
                since,
                ROWS_MAX);
    }

    /** Reads the endpoints of others. */
    public void read() {
        others = database.read(this::read);
    }

    /** Writes the types of this worker, and reads the endpoints of others. */
    public void write() {
        Instant now = clock.instant();
        List<TrainingType> ordered = types.all().stream()
                .sorted(Comparator.comparing(type -> AsciiCase.upper(type.name())))
                .toList();
        others = database.inTransaction(connection -> {
            keepEndpoints(connection); // of workers of an earlier version, which write only the type
            for (TrainingType type : ordered) {
                insert(connection, type, now);
                update(connection, type, now);
            }
            keepEndpoints(connection);
            for (TrainingType type : ordered) {
                endpointSeen(connection, type, now);
            }
            prune(connection, "avatar_monitor_training_type", now.minus(GONE_AFTER));
            prune(connection, "avatar_monitor_endpoint", now.minus(maxAge));
            return read(connection);
        });
    }

    private static void keepEndpoints(Connection connection) throws SQLException {
        String sql = """
                INSERT INTO avatar_monitor_endpoint (type_name, endpoint, seen_at)
                SELECT name, endpoint, seen_at FROM avatar_monitor_training_type WHERE endpoint IS NOT NULL ORDER BY name
                ON CONFLICT DO NOTHING""";
        Jdbc.update(connection, sql);
    }

    private static void endpointSeen(Connection connection, TrainingType type, Instant now) throws SQLException {
        String sql = "UPDATE avatar_monitor_endpoint SET seen_at = ? WHERE type_name = ? AND endpoint = ?";
        Jdbc.update(connection, sql, now, AsciiCase.upper(type.name()), type.endpoint());
    }

    private void insert(Connection connection, TrainingType type, Instant now) throws SQLException {
        String sql = """
                INSERT INTO avatar_monitor_training_type (name, endpoint, seen_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING""";
        Jdbc.update(connection, sql, AsciiCase.upper(type.name()), type.endpoint(), now);
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
        Jdbc.update(
                connection,
                sql,
                type.endpoint(),
                type.endpoint(),
                now,
                type.endpoint(),
                now,
                AsciiCase.upper(type.name()));
    }

    private static void prune(Connection connection, String table, Instant before) throws SQLException {
        Jdbc.update(connection, "DELETE FROM " + table + " WHERE seen_at < ?", before);
    }

    private Map<String, List<String>> read(Connection connection) throws SQLException {
        String sql = """
                SELECT type_name, endpoint FROM avatar_monitor_endpoint
                WHERE seen_at >= ? ORDER BY seen_at DESC, endpoint LIMIT ?""";
        Map<String, List<String>> found = new HashMap<>();
        Jdbc.forEach(
                connection,
                sql,
                row -> {
                    String name = row.getString("type_name");
                    String endpoint = row.getString("endpoint");
                    boolean own = types.find(name)
                            .filter(type -> type.endpoint().equals(endpoint))
                            .isPresent();
                    List<String> ofType = found.computeIfAbsent(name, key -> new ArrayList<>());
                    if (!own && ofType.size() < OTHERS_MAX) {
                        ofType.add(endpoint);
                    }
                },
                clock.instant().minus(maxAge),
                ROWS_MAX);
        return Map.copyOf(found);
    }
}
