package avatarmonitor.event;

import avatarmonitor.event.EventLog.Logged;
import avatarmonitor.store.sql.Dialect;
import avatarmonitor.store.sql.Jdbc;
import com.google.gson.JsonObject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Outbox of events to be delivered, table {@code avatar_monitor_outbox}. It contains an event exactly when the event's
 * transaction has committed and the event was not taken. Ids cannot show that, since they are assigned before
 * transactions commit.
 */
public final class Outbox {
    private final Dialect dialect;

    public Outbox(Dialect dialect) {
        this.dialect = dialect;
    }

    /**
     * Adds an event. On PostgreSQL also notifies listeners of {@code avatar_event} at commit, for ends of trainings
     * only: the server serializes the commits of transactions that notify.
     */
    void add(Connection connection, long id, Event event) throws SQLException {
        Jdbc.update(connection, "INSERT INTO avatar_monitor_outbox (event_id) VALUES (?)", id);
        String ending = Event.ending(event.type().column(), event.detail());
        if (dialect == Dialect.POSTGRESQL && ending != null) {
            boolean unused = Jdbc.exists(
                    connection,
                    "SELECT pg_notify('avatar_event', ?)",
                    said(id, ending, event).toString());
        }
    }

    /** Adds an event unless it is already there. */
    void add(Connection connection, long id) throws SQLException {
        String sql = """
                INSERT INTO avatar_monitor_outbox (event_id)
                SELECT CAST(? AS bigint) WHERE NOT EXISTS (SELECT 1 FROM avatar_monitor_outbox WHERE event_id = ?)""";
        Jdbc.update(connection, sql, id, id);
    }

    private static JsonObject said(long id, String ending, Event event) {
        JsonObject said = new JsonObject();
        said.addProperty("id", id);
        said.addProperty("type", ending);
        said.addProperty(
                "avatar_id", event.avatar() == null ? null : event.avatar().toString());
        said.addProperty("fal_request_id", EventLog.stored(event.falRequestId()));
        return said;
    }

    public boolean isEmpty(Connection connection) throws SQLException {
        return !Jdbc.exists(connection, "SELECT 1 FROM avatar_monitor_outbox LIMIT 1");
    }

    /**
     * Removes at most {@code limit} events, in the order of their ids. Only one transaction at a time may call this.
     *
     * @return how many were removed, and those of them that the event log still has
     */
    public Taken take(Connection connection, int limit) throws SQLException {
        List<Long> ids = Jdbc.list(
                connection,
                "SELECT event_id FROM avatar_monitor_outbox ORDER BY event_id LIMIT ?",
                row -> row.getLong(1),
                limit);
        if (ids.isEmpty()) {
            return new Taken(0, List.of());
        }
        // Events that committed between the two statements follow in the next call.
        String sql = """
                SELECT e.id, e.at, e.avatar_id, e.fal_request_id, e.worker, e.type, e.detail
                FROM avatar_monitor_outbox o JOIN avatar_event e ON e.id = o.event_id
                WHERE o.event_id <= ? ORDER BY e.id""";
        List<Logged> events = EventLog.read(connection, sql, ids.get(ids.size() - 1));
        Set<Long> taken = new HashSet<>(ids);
        events.removeIf(event -> !taken.contains(event.id()));
        Jdbc.batch(connection, "DELETE FROM avatar_monitor_outbox WHERE event_id = ?", ids, id -> new Object[] {id});
        return new Taken(ids.size(), events);
    }

    /**
     * Result of {@link #take}.
     *
     * @param count number of removed entries, including those whose events were pruned meanwhile
     */
    public record Taken(int count, List<Logged> events) {}
}
