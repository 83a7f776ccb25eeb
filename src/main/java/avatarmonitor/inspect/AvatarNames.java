package avatarmonitor.inspect;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.event.EventLog.Logged;
import avatarmonitor.store.schema.AvatarSchema;
import avatarmonitor.store.sql.Dialect;
import avatarmonitor.store.sql.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Names of avatars, shown beside their ids. */
public final class AvatarNames {
    /** No name is known. */
    public static final AvatarNames NONE = new AvatarNames(Map.of());

    /** Timeout, since another session may have locked the application's table. */
    private static final Duration TIME_MAX = Duration.ofSeconds(1);

    /** Length limit of a name; longer ones are truncated everywhere. */
    static final int LENGTH_MAX = 200;

    private final Map<AvatarId, String> names;

    private AvatarNames(Map<AvatarId, String> names) {
        this.names = names;
    }

    /** Returns the name of the avatar of an event; null when there is none. */
    public @Nullable String of(Logged event) {
        AvatarId avatar = event.avatar();
        return avatar == null ? null : names.get(avatar);
    }

    /**
     * Reads the names of the avatars of these events; avatars that have no name or no longer exist are left out. Must
     * not run in a transaction.
     */
    public static AvatarNames read(Connection connection, AvatarSchema schema, Collection<Logged> events) {
        Object[] ids = events.stream()
                .map(Logged::avatar)
                .filter(Objects::nonNull)
                .map(id -> Objects.requireNonNull(id).value())
                .distinct()
                .toArray();
        Map<AvatarId, String> names = new HashMap<>();
        if (ids.length == 0 || !schema.has("name")) {
            return new AvatarNames(names);
        }
        String sql = "SELECT id, " + Dialect.beginning("name", LENGTH_MAX)
                + " AS name FROM avatars WHERE id = ANY(?) AND name IS NOT NULL";
        try {
            List<String> unused = Jdbc.listWithin(
                    TIME_MAX,
                    connection,
                    sql,
                    row -> names.put(new AvatarId(row.getObject("id", UUID.class)), row.getString("name")),
                    connection.createArrayOf("uuid", ids));
            return new AvatarNames(names);
        } catch (SQLException locked) {
            // Names are optional: show the events without them.
            return NONE;
        }
    }
}
