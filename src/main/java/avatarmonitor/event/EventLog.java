package avatarmonitor.event;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.store.Database;
import avatarmonitor.store.sql.Columns;
import avatarmonitor.store.sql.Dialect;
import avatarmonitor.store.sql.FreshPlan;
import avatarmonitor.store.sql.Jdbc;
import avatarmonitor.store.sql.ServerText;
import avatarmonitor.store.sql.Timestamps;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The append-only table {@code avatar_event}. All methods run in the caller's transaction. */
public final class EventLog {
    /** Length of the column; the application's own may be longer and contain any text. */
    private static final int REQUEST_ID_LENGTH_MAX = 255;

    private static final String[] NUMBER = {"id"};

    private final Dialect dialect;
    private final Consumer<Event> appended;
    private final Outbox outbox;

    public EventLog(Dialect dialect) {
        this(dialect, event -> {});
    }

    /** @param appended called with each event within its transaction; must return at once and never throw */
    public EventLog(Dialect dialect, Consumer<Event> appended) {
        this.dialect = dialect;
        this.appended = appended;
        this.outbox = new Outbox(dialect);
    }

    /**
     * An event as stored.
     *
     * @param id orders events
     * @param type column {@code type}; a text, since a newer version may have written types that this one does not
     *     know
     */
    public record Logged(
            long id,
            Instant at,
            @Nullable AvatarId avatar,
            @Nullable String falRequestId,
            String worker,
            String type,
            JsonObject detail) {}

    /** Appends an event, and adds it to the {@link Outbox} when its type is delivered. */
    public void append(Connection connection, Event event) throws SQLException {
        append(connection, event, event.type().isDelivered());
    }

    /**
     * Appends events in their order, in a transaction of their own.
     *
     * @throws avatarmonitor.store.StoreException when the database failed; none is appended then
     */
    public void write(Database database, Event... events) {
        database.inTransaction(connection -> {
            append(connection, List.of(events));
            return events.length;
        });
    }

    /** Like {@link #append(Connection, Event)}; returns the id of the event. */
    public long appendNumbered(Connection connection, Event event) throws SQLException {
        return append(connection, event, true);
    }

    /** Adds an earlier event to the outbox unless it is already there. */
    public void deliver(Connection connection, long number) throws SQLException {
        outbox.add(connection, number);
    }

    /** Returns the id of the event; 0 when it is not requested. */
    private long append(Connection connection, Event event, boolean numbered) throws SQLException {
        String sql = """
                INSERT INTO avatar_event (at, avatar_id, fal_request_id, worker, type, detail)
                VALUES (?, ?, ?, ?, ?, %s)""".formatted(dialect.jsonParameter());
        long number = 0;
        try (PreparedStatement statement =
                numbered ? connection.prepareStatement(sql, NUMBER) : connection.prepareStatement(sql)) {
            statement.setObject(1, event.at().atOffset(ZoneOffset.UTC));
            statement.setObject(
                    2, event.avatar() == null ? null : event.avatar().value());
            statement.setString(3, stored(event.falRequestId()));
            statement.setString(4, event.worker());
            statement.setString(5, event.type().column());
            statement.setString(6, ServerText.json(connection, event.detail(), false));
            statement.executeUpdate();
            if (numbered) {
                number = numberOf(statement);
            }
            if (event.type().isDelivered()) {
                outbox.add(connection, number, event);
            }
        }
        appended.accept(event);
        return number;
    }

    /** Like {@link #append(Connection, Event)} for many events, in their order. */
    public void append(Connection connection, List<Event> events) throws SQLException {
        List<Event> undelivered = new ArrayList<>();
        for (Event event : events) {
            if (dialect == Dialect.POSTGRESQL && !event.type().isDelivered()) {
                undelivered.add(event);
            } else {
                appendUndelivered(connection, undelivered);
                undelivered.clear();
                append(connection, event);
            }
        }
        appendUndelivered(connection, undelivered);
    }

    /** Appends events that are not delivered, in one statement: events about many avatars at once are of that kind. */
    private void appendUndelivered(Connection connection, List<Event> events) throws SQLException {
        if (events.isEmpty()) {
            return;
        }
        String sql = """
                INSERT INTO avatar_event (at, avatar_id, fal_request_id, worker, type, detail)
                SELECT at, avatar_id, fal_request_id, worker, type, CAST(detail AS json)
                FROM unnest(CAST(? AS timestamptz[]), CAST(? AS uuid[]), CAST(? AS text[]), CAST(? AS text[]), CAST(? AS text[]),
                    CAST(? AS text[])) WITH ORDINALITY AS event (at, avatar_id, fal_request_id, worker, type, detail, number)
                ORDER BY number""";
        List<String> details = new ArrayList<>();
        for (Event event : events) {
            details.add(ServerText.json(connection, event.detail(), false));
        }
        Jdbc.update(
                connection,
                sql,
                Columns.of("timestamptz", events, Event::at),
                Columns.of(
                        "uuid",
                        events,
                        event -> event.avatar() == null ? null : event.avatar().value()),
                Columns.of("text", events, event -> stored(event.falRequestId())),
                Columns.of("text", events, Event::worker),
                Columns.of("text", events, event -> event.type().column()),
                Columns.of("text", details, detail -> detail));
        events.forEach(appended);
    }

    private static long numberOf(PreparedStatement insert) throws SQLException {
        try (ResultSet generated = insert.getGeneratedKeys()) {
            if (!generated.next()) {
                throw new IllegalStateException("an event was appended without a number");
            }
            return generated.getLong(1);
        }
    }

    /** Returns a request id as this log stores it. */
    public static @Nullable String stored(@Nullable String requestId) {
        return requestId == null || requestId.length() <= REQUEST_ID_LENGTH_MAX
                ? requestId
                : requestId.substring(0, REQUEST_ID_LENGTH_MAX);
    }

    /** Returns the newest event of an avatar, of any type. */
    public Optional<Logged> newest(Connection connection, AvatarId avatar) throws SQLException {
        String sql = """
                SELECT id, at, avatar_id, fal_request_id, worker, type, detail FROM avatar_event
                WHERE avatar_id = ? ORDER BY id DESC LIMIT 1""";
        return read(connection, sql, avatar.value()).stream().findFirst();
    }

    /** Returns the newest events, oldest first; {@code avatar} null means all. */
    public List<Logged> newest(Connection connection, @Nullable AvatarId avatar, int limit) throws SQLException {
        String sql = """
                SELECT * FROM (SELECT id, at, avatar_id, fal_request_id, worker, type, detail FROM avatar_event
                %s ORDER BY id DESC LIMIT ?) newest ORDER BY id""";
        return avatar == null
                ? read(connection, sql.formatted(""), limit)
                : read(connection, sql.formatted("WHERE avatar_id = ?"), avatar.value(), limit);
    }

    /** Returns events with a higher id, in order. */
    public List<Logged> after(Connection connection, long id, int limit) throws SQLException {
        String sql = """
                SELECT id, at, avatar_id, fal_request_id, worker, type, detail FROM avatar_event
                WHERE id > ? ORDER BY id LIMIT ?""";
        return read(connection, sql, id, limit);
    }

    /** Returns the avatars with at least this many events of a type since the given time. */
    public Set<AvatarId> avatarsWith(Connection connection, EventType type, Instant since, int atLeast)
            throws SQLException {
        String sql = """
                SELECT e.avatar_id FROM avatar_event e
                LEFT JOIN avatar_monitor_training a ON a.avatar_id = e.avatar_id
                WHERE e.type = ? AND e.at > ? AND e.avatar_id IS NOT NULL
                  AND (a.avatar_id IS NULL OR a.fal_request_id = e.fal_request_id)
                GROUP BY e.avatar_id HAVING count(*) >= ?""";
        return new HashSet<>(Jdbc.list(
                connection,
                sql,
                row -> new AvatarId(row.getObject("avatar_id", UUID.class)),
                type.column(),
                since,
                atLeast));
    }

    /**
     * Returns the newest events of a type that concern no single avatar, since the given time, at most {@code limit}.
     */
    public List<Logged> ofNoAvatar(Connection connection, EventType type, Instant since, int limit)
            throws SQLException {
        String sql = """
                SELECT id, at, avatar_id, fal_request_id, worker, type, detail FROM avatar_event
                WHERE type = ? AND at > ? AND avatar_id IS NULL ORDER BY at DESC LIMIT ?""";
        return read(connection, sql, type.column(), since, limit);
    }

    /** Deletes at most {@code batch} events older than the given time; returns their number. */
    public int prune(Connection connection, Instant before, int batch) throws SQLException {
        String ids = "SELECT id FROM avatar_event WHERE at < ? ORDER BY at LIMIT ?";
        String sql = "DELETE FROM avatar_event WHERE id " + FreshPlan.in(connection, ids);
        return Jdbc.update(connection, sql, before, batch);
    }

    /** Reads events with a query of all columns of the table. */
    public static List<Logged> read(Connection connection, String sql, @Nullable Object... values) throws SQLException {
        return Jdbc.list(connection, sql, EventLog::read, values);
    }

    private static Logged read(ResultSet row) throws SQLException {
        UUID avatar = row.getObject("avatar_id", UUID.class);
        return new Logged(
                row.getLong("id"),
                Timestamps.at(row, "at"),
                avatar == null ? null : new AvatarId(avatar),
                row.getString("fal_request_id"),
                row.getString("worker"),
                row.getString("type"),
                detail(row.getString("detail")));
    }

    /** A detail that someone else wrote and that is no object counts as empty: it must not hide other events. */
    private static JsonObject detail(String json) {
        return JsonParser.parseString(json) instanceof JsonObject object ? object : new JsonObject();
    }
}
