package avatarmonitor.inspect;

import avatarmonitor.pause.PollingPause;
import avatarmonitor.pause.PollingPauses;
import avatarmonitor.store.sql.Jdbc;
import avatarmonitor.store.sql.Timestamps;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * States reported by events that no later event has ended.
 *
 * @param rateTooLowSince when the rate limit became too low; null while it is sufficient
 * @param endpoints endpoints that fal does not have, by worker
 * @param clocks wrong clocks, by worker
 * @param pauses pauses of polling by operators
 */
public record LastingEvents(
        @Nullable Instant rateTooLowSince,
        List<UnknownEndpoint> endpoints,
        Map<String, WrongClock> clocks,
        List<PollingPause> pauses) {
    LastingEvents(@Nullable Instant rateTooLowSince, List<UnknownEndpoint> endpoints, Map<String, WrongClock> clocks) {
        this(rateTooLowSince, endpoints, clocks, List.of());
    }

    /**
     * A wrong clock.
     *
     * @param behind how far it was behind the database's, or on H2 behind its own monotonic one; negative when it
     *     was ahead
     */
    public record WrongClock(Duration behind, Instant since) {}

    /**
     * An endpoint that fal does not have.
     *
     * @param keys configuration keys that name it; empty when the worker does not report them
     */
    public record UnknownEndpoint(String worker, String endpoint, String keys, Instant since) {}

    private record Last(String worker, long id, Instant at) {}

    static LastingEvents none() {
        return new LastingEvents(null, List.of(), Map.of());
    }

    static LastingEvents read(Connection connection) throws SQLException {
        Map<String, Last> low = last(connection, "rate_too_low");
        Map<String, Last> right = last(connection, "rate_right");
        long lastRight = right.values().stream().mapToLong(Last::id).max().orElse(0);
        Instant since = low.values().stream()
                .filter(event -> event.id() > lastRight)
                .map(Last::at)
                .max(Instant::compareTo)
                .orElse(null);
        List<UnknownEndpoint> endpoints = new ArrayList<>();
        for (Last unknown : lasting(connection, "endpoint_unknown", "endpoint_known")) {
            JsonObject detail = detail(connection, unknown.id());
            endpoints.add(
                    new UnknownEndpoint(unknown.worker(), text(detail, "endpoint"), text(detail, "key"), unknown.at()));
        }
        Map<String, WrongClock> clocks = new HashMap<>();
        for (Last off : lasting(connection, "clock_off", "clock_right")) {
            Duration behind = Duration.ofMillis(number(detail(connection, off.id()), "database_ahead_ms"));
            clocks.put(off.worker(), new WrongClock(behind, off.at()));
        }
        return new LastingEvents(since, List.copyOf(endpoints), Map.copyOf(clocks), PollingPauses.read(connection));
    }

    /** Returns the newest event of a type for each worker that has not written the other type since. */
    private static List<Last> lasting(Connection connection, String type, String over) throws SQLException {
        Map<String, Last> ended = last(connection, over);
        return last(connection, type).values().stream()
                .filter(begun -> {
                    Last after = ended.get(begun.worker());
                    return after == null || after.id() < begun.id();
                })
                .toList();
    }

    /** Returns the newest event of a type by worker. */
    private static Map<String, Last> last(Connection connection, String type) throws SQLException {
        Map<String, Last> last = new HashMap<>();
        Jdbc.forEach(
                connection,
                "SELECT worker, max(id) AS id, max(at) AS at FROM avatar_event WHERE type = ? GROUP BY worker",
                row -> {
                    String worker = row.getString("worker");
                    Instant at = Timestamps.at(row, "at");
                    last.put(worker, new Last(worker, row.getLong("id"), at));
                },
                type);
        return last;
    }

    private static JsonObject detail(Connection connection, long id) throws SQLException {
        JsonElement read = Jdbc.first(
                        connection,
                        "SELECT CAST(detail AS varchar) FROM avatar_event WHERE id = ?",
                        row -> JsonParser.parseString(row.getString(1)),
                        id)
                .orElseGet(JsonObject::new);
        return read.isJsonObject() ? read.getAsJsonObject() : new JsonObject();
    }

    private static long number(JsonObject detail, String name) {
        JsonElement value = detail.get(name);
        return value instanceof JsonPrimitive primitive && primitive.isNumber() ? primitive.getAsLong() : 0;
    }

    private static String text(JsonObject detail, String name) {
        JsonElement value = detail.get(name);
        return value != null && value.isJsonPrimitive() ? value.getAsString() : "";
    }
}
