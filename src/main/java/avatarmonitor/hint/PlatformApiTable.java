package avatarmonitor.hint;

import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.avatar.TrainingTypes;
import avatarmonitor.event.EventType;
import avatarmonitor.event.EventWriter;
import avatarmonitor.fal.FalRequest;
import avatarmonitor.fal.FalRequestId;
import avatarmonitor.store.Database;
import avatarmonitor.store.sql.Columns;
import avatarmonitor.store.sql.Jdbc;
import avatarmonitor.store.sql.ServerText;
import avatarmonitor.store.sql.Timestamps;
import com.google.gson.JsonObject;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The table {@code avatar_monitor_fal_history}, with the poller's lease, and the poller's queries of other tables. */
public final class PlatformApiTable {
    /** Duration of the lease; another worker takes over when it is not renewed. */
    static final Duration LEASE = Duration.ofSeconds(30);

    /** Maximum of endpoints that are requested; regular checks find the ends at others. */
    static final int ENDPOINTS_MAX = 200;

    private static final int REASON_LENGTH_MAX = 1_000;

    private final Database database;
    private final AvatarStore avatars;
    private final EventWriter events;

    /** @param events whose process holds the lease */
    public PlatformApiTable(Database database, AvatarStore avatars, EventWriter events) {
        this.database = database;
        this.avatars = avatars;
        this.events = events;
    }

    /**
     * Takes or renews the lease, by the database's clock. Ignores one that ends far in the future.
     *
     * @return empty while another worker holds it
     */
    Optional<PlatformApiState> lease() {
        return database.inTransaction(connection -> {
            if (Jdbc.update(
                            connection,
                            """
                    UPDATE avatar_monitor_fal_history
                    SET holder = ?, held_until = current_timestamp + INTERVAL '%1$d' SECOND
                    WHERE id = 1 AND (holder = ? OR held_until < current_timestamp
                      OR held_until > current_timestamp + INTERVAL '%2$d' SECOND)
                    """.formatted(LEASE.toSeconds(), LEASE.toSeconds() * 2),
                            events.worker(),
                            events.worker())
                    == 0) {
                return Optional.<PlatformApiState>empty();
            }
            return Optional.of(state(connection));
        });
    }

    /** Releases the lease, so that another worker takes over at once. */
    public void release() {
        String sql = """
                UPDATE avatar_monitor_fal_history SET held_until = current_timestamp - INTERVAL '1' SECOND
                WHERE id = 1 AND holder = ?""";
        database.update(sql, events.worker());
    }

    private static PlatformApiState state(Connection connection) throws SQLException {
        String sql = """
                SELECT watermark, not_before, missing_since, off_since, tried_at
                FROM avatar_monitor_fal_history WHERE id = 1""";
        return Jdbc.first(
                        connection,
                        sql,
                        row -> new PlatformApiState(
                                Timestamps.read(row, "watermark"),
                                Timestamps.read(row, "not_before"),
                                Timestamps.read(row, "missing_since"),
                                Timestamps.read(row, "off_since"),
                                Timestamps.read(row, "tried_at")))
                .orElse(PlatformApiState.NEW);
    }

    /**
     * Returns the whole ids of the endpoints at which requests may end: those of the types of all workers, current and
     * former, and those in rows of trainings. Empty when nothing is monitored.
     */
    List<String> endpoints(TrainingTypes types) {
        return database.read(connection -> {
            Set<String> found = new TreeSet<>();
            if (!anythingMonitored(connection)) {
                return List.<String>of();
            }
            found.addAll(types.endpoints().values());
            collect(connection, "SELECT DISTINCT endpoint FROM avatar_monitor_endpoint LIMIT " + ENDPOINTS_MAX, found);
            if (avatars.schema().columns().containsKey("fal_endpoint")) {
                String ofRows = "SELECT DISTINCT fal_endpoint FROM avatars WHERE fal_endpoint IS NOT NULL AND "
                        + AvatarStore.isTraining(database.dialect()) + " LIMIT " + ENDPOINTS_MAX;
                collect(connection, ofRows, found);
            }
            return found.stream().limit(ENDPOINTS_MAX).toList();
        });
    }

    private static boolean anythingMonitored(Connection connection) throws SQLException {
        return Jdbc.exists(connection, "SELECT 1 FROM avatar_monitor_trigger WHERE trigger_group = 'avatar' LIMIT 1");
    }

    private static void collect(Connection connection, String sql, Set<String> found) throws SQLException {
        Jdbc.forEach(connection, sql, row -> {
            for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                String endpoint = row.getString(i);
                if (endpoint != null && FalRequest.isEndpoint(endpoint.strip())) {
                    found.add(endpoint.strip());
                }
            }
        });
    }

    /** Returns those of the requests for which an avatar is in TRAINING, monitored or not. */
    Set<FalRequestId> training(List<FalRequestId> requests) {
        if (requests.isEmpty()) {
            return Set.of();
        }
        String sql = "SELECT fal_request_id FROM avatars WHERE fal_request_id = ANY(?) AND "
                + AvatarStore.isTraining(database.dialect());
        return database
                .read(connection -> Jdbc.list(connection, sql, row -> row.getString(1), array(requests)))
                .stream()
                .map(id -> FalRequestId.parse(id.strip()))
                .flatMap(Optional::stream)
                .collect(Collectors.toSet());
    }

    /** Returns the requests as a parameter of {@link Jdbc}. */
    static Object array(List<FalRequestId> requests) {
        return Columns.of("text", requests, FalRequestId::value);
    }

    /** Records that the whole list was read: it is on, with this watermark. */
    void answered(@Nullable Instant watermark, Instant now) {
        update("""
                watermark = ?, answered_at = ?, not_before = NULL, missing_since = NULL, off_since = NULL, tried_at = NULL,
                off_reason = NULL""", watermark, now);
    }

    /** Records a pause that the provider requested. */
    void limited(Instant until) {
        update("not_before = ?", until);
    }

    /** Records a 404, with the time of the first one. */
    void missing(Instant now) {
        update("missing_since = COALESCE(missing_since, ?)", now);
    }

    private void update(String assignments, @Nullable Instant... values) {
        List<@Nullable Object> parameters = new ArrayList<>(Arrays.asList(values));
        parameters.add(events.worker());
        // Another worker may have taken over during the request.
        database.update(
                "UPDATE avatar_monitor_fal_history SET " + assignments + " WHERE id = 1 AND holder = ?",
                parameters.toArray());
    }

    /**
     * Records that the platform API refuses access: it is off except for one request per day. Writes an event when it
     * was on.
     *
     * @return whether it was on
     */
    public boolean off(String reason, Instant now) {
        return database.inTransaction(connection -> {
            String off = """
                    UPDATE avatar_monitor_fal_history
                    SET off_since = ?, tried_at = ?, off_reason = ?, missing_since = NULL WHERE id = 1 AND off_since IS NULL""";
            boolean wasOn =
                    Jdbc.update(connection, off, now, now, ServerText.fit(connection, reason, REASON_LENGTH_MAX)) == 1;
            if (wasOn) {
                JsonObject detail = new JsonObject();
                detail.addProperty("reason", reason);
                events.append(connection, now, EventType.HISTORY_REFUSED, detail);
            } else {
                Jdbc.update(connection, "UPDATE avatar_monitor_fal_history SET tried_at = ? WHERE id = 1", now);
            }
            return wasOn;
        });
    }
}
