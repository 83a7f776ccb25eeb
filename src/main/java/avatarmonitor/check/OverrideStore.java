package avatarmonitor.check;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.decision.Overrides;
import avatarmonitor.store.Database;
import avatarmonitor.store.sql.Columns;
import avatarmonitor.store.sql.Jdbc;
import avatarmonitor.store.sql.Timestamps;
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
    private static final String COLUMNS = "window_seconds, interval_seconds, deadline, priority";

    /** Condition of rows that differ, as that of their index. */
    private static final String ANY =
            "(priority IS NOT NULL OR deadline IS NOT NULL OR interval_seconds IS NOT NULL OR window_seconds IS NOT NULL)";

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
        String sql = "SELECT avatar_id, fal_request_id, " + COLUMNS
                + " FROM avatar_monitoring WHERE avatar_id = ANY(?) AND " + ANY;
        Jdbc.listPlanned(connection, sql, OverrideStore::owned, Columns.of("uuid", ids, AvatarId::value))
                .forEach(owned -> found.put(owned.avatar, owned));
        return found;
    }

    private static Owned owned(ResultSet row) throws SQLException {
        return new Owned(
                new AvatarId(row.getObject("avatar_id", UUID.class)),
                String.valueOf(row.getString("fal_request_id")),
                read(row));
    }

    /** Reads overrides from a row with the columns {@code window_seconds, interval_seconds, deadline, priority}. */
    public static Overrides read(ResultSet row) throws SQLException {
        Integer window = row.getObject("window_seconds", Integer.class);
        Integer interval = row.getObject("interval_seconds", Integer.class);
        return new Overrides(
                window == null ? null : Duration.ofSeconds(window),
                interval == null ? null : Duration.ofSeconds(interval),
                Timestamps.read(row, "deadline"),
                row.getObject("priority", Integer.class));
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
