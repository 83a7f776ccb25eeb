package avatarmonitor.inspect;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.event.EventLog.Logged;
import avatarmonitor.store.AvatarSchema;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The names that the application gives avatars, for people who read ids. */
public final class AvatarNames {
    /** No name is known. */
    public static final AvatarNames NONE = new AvatarNames(Map.of());

    /** Another session may have locked the application's table. */
    private static final int SECONDS_MAX = 1;

    private final Map<AvatarId, String> names;

    private AvatarNames(Map<AvatarId, String> names) {
        this.names = names;
    }

    /** The name of the avatar of an event; null when there is none. */
    public @Nullable String of(Logged event) {
        AvatarId avatar = event.avatar();
        return avatar == null ? null : names.get(avatar);
    }

    /** Names of the avatars of these events; one without a name, or that is gone, is not in it. Not for a transaction. */
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
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT id, CAST(name AS varchar) AS name FROM avatars WHERE id = ANY(?) AND name IS NOT NULL")) {
            select.setQueryTimeout(SECONDS_MAX);
            try {
                select.setArray(1, connection.createArrayOf("uuid", ids));
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        names.put(new AvatarId(row.getObject("id", UUID.class)), row.getString("name"));
                    }
                }
            } finally {
                // On H2 the limit is one of the session, which goes back to the pool.
                select.setQueryTimeout(0);
            }
        } catch (SQLException locked) {
            // Names are a help and no reason to show nothing.
            return NONE;
        }
        return new AvatarNames(names);
    }
}
