package avatarmonitor.event;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.store.Database;
import com.google.gson.JsonObject;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Writes events in the name of one process, a worker or a command.
 *
 * @param worker instance id of the process, as in {@code v_workers}
 */
public record EventWriter(Database database, EventLog log, InstantSource clock, String worker) {
    public Event event(
            Instant at, @Nullable AvatarId avatar, @Nullable String requestId, EventType type, JsonObject detail) {
        return new Event(at, avatar, requestId, worker, type, detail);
    }

    /** Appends an event about an avatar, in the caller's transaction. */
    public void append(
            Connection connection,
            Instant at,
            @Nullable AvatarId avatar,
            @Nullable String requestId,
            EventType type,
            JsonObject detail)
            throws SQLException {
        log.append(connection, event(at, avatar, requestId, type, detail));
    }

    /** Appends an event that concerns no single avatar, in the caller's transaction. */
    public void append(Connection connection, Instant at, EventType type, JsonObject detail) throws SQLException {
        append(connection, at, null, null, type, detail);
    }

    /** Writes an event that happens now and concerns no single avatar, see {@link EventLog#write}. */
    public void write(EventType type, JsonObject detail) {
        write(event(clock.instant(), null, null, type, detail));
    }

    public void write(Event... events) {
        log.write(database, events);
    }
}
