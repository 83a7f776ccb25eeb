package avatarmonitor.check;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.decision.Overrides;
import avatarmonitor.store.Database;
import avatarmonitor.store.sql.Columns;
import avatarmonitor.store.sql.Jdbc;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Overrides in {@code avatar_monitoring}. */
public final class OverrideStore {
    private OverrideStore() {}

    private record Owned(AvatarId avatar, String requestId, Overrides overrides) {}

    /** Returns the overrides of the avatars' present trainings, for those that have any; in its own transaction. */
    public static Map<AvatarId, Overrides> of(Database database, List<Avatar> avatars) {
        if (avatars.isEmpty()) {
            return Map.of();
        }
        List<AvatarId> ids = avatars.stream().map(Avatar::id).toList();
        Map<AvatarId, Owned> found = database.read(connection -> find(connection, ids));
        Map<AvatarId, Overrides> own = new HashMap<>();
        for (Avatar avatar : avatars) {
            Owned owned = found.get(avatar.id());
            if (owned != null && owned.requestId.equals(avatar.falRequestId())) {
                own.put(avatar.id(), owned.overrides);
            }
        }
        return own;
    }

    private static Map<AvatarId, Owned> find(Connection connection, List<AvatarId> ids) throws SQLException {
        Map<AvatarId, Owned> found = new HashMap<>();
        String sql = "SELECT avatar_id, fal_request_id, " + Overrides.COLUMNS
                + " FROM avatar_monitoring WHERE avatar_id = ANY(?) AND " + Overrides.ANY;
        Jdbc.listPlanned(connection, sql, OverrideStore::read, Columns.of("uuid", ids, AvatarId::value))
                .forEach(owned -> found.put(owned.avatar, owned));
        return found;
    }

    private static Owned read(ResultSet row) throws SQLException {
        return new Owned(
                new AvatarId(row.getObject("avatar_id", UUID.class)),
                String.valueOf(row.getString("fal_request_id")),
                Overrides.read(row));
    }

    /**
     * Writes the overrides of one request, in the caller's transaction.
     *
     * @param windowEndsAt end of its new window; null when its monitoring is not open
     * @return false when the avatar has no such row
     */
    public static boolean write(
            Connection connection, AvatarId id, String requestId, Overrides wanted, @Nullable Instant windowEndsAt)
            throws SQLException {
        String sql = """
                UPDATE avatar_monitoring SET window_seconds = ?, interval_seconds = ?, deadline = ?, priority = ?,
                    window_ends_at = COALESCE(?, window_ends_at), next_request_by = NULL
                WHERE avatar_id = ? AND fal_request_id = ?""";
        return Jdbc.update(
                        connection,
                        sql,
                        seconds(wanted.window()),
                        seconds(wanted.interval()),
                        wanted.deadline(),
                        wanted.priority(),
                        windowEndsAt,
                        id.value(),
                        requestId)
                == 1;
    }

    private static @Nullable Integer seconds(@Nullable Duration duration) {
        return duration == null ? null : Math.toIntExact(duration.toSeconds());
    }
}
