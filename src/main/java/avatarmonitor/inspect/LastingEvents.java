package avatarmonitor.inspect;

import avatarmonitor.event.EventLog;
import avatarmonitor.event.EventLog.Logged;
import avatarmonitor.pause.PollingPause;
import avatarmonitor.pause.PollingPauses;
import avatarmonitor.store.sql.FreshPlan;
import com.google.gson.JsonPrimitive;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
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

    static LastingEvents read(Connection connection) throws SQLException {
        // The rate limit is one of the whole cluster: any worker may report that it is sufficient again.
        long lastRight = last(connection, "rate_right").values().stream()
                .mapToLong(Logged::id)
                .max()
                .orElse(0);
        Instant since = last(connection, "rate_too_low").values().stream()
                .filter(event -> event.id() > lastRight)
                .map(Logged::at)
                .max(Instant::compareTo)
                .orElse(null);
        List<UnknownEndpoint> endpoints = lasting(connection, "endpoint_unknown", "endpoint_known").stream()
                .map(event ->
                        new UnknownEndpoint(event.worker(), text(event, "endpoint"), text(event, "key"), event.at()))
                .toList();
        Map<String, WrongClock> clocks = lasting(connection, "clock_off", "clock_right").stream()
                .collect(Collectors.toUnmodifiableMap(
                        Logged::worker,
                        event -> new WrongClock(Duration.ofMillis(number(event, "database_ahead_ms")), event.at())));
        return new LastingEvents(since, endpoints, clocks, PollingPauses.read(connection));
    }

    /** Returns the newest event of a type for each worker that has not written the other type since. */
    private static List<Logged> lasting(Connection connection, String type, String over) throws SQLException {
        Map<String, Logged> ended = last(connection, over);
        return last(connection, type).values().stream()
                .filter(begun -> {
                    Logged after = ended.get(begun.worker());
                    return after == null || after.id() < begun.id();
                })
                .toList();
    }

    /** Returns the newest event of a type by worker. */
    private static Map<String, Logged> last(Connection connection, String type) throws SQLException {
        String newest = "SELECT max(id) FROM avatar_event WHERE type = ? GROUP BY worker";
        String sql = "SELECT id, at, avatar_id, fal_request_id, worker, type, detail FROM avatar_event WHERE id "
                + FreshPlan.in(connection, newest);
        return EventLog.read(connection, sql, type).stream().collect(Collectors.toMap(Logged::worker, event -> event));
    }

    private static long number(Logged event, String name) {
        return event.detail().get(name) instanceof JsonPrimitive value && value.isNumber() ? value.getAsLong() : 0;
    }

    private static String text(Logged event, String name) {
        return event.detail().get(name) instanceof JsonPrimitive value ? value.getAsString() : "";
    }
}
