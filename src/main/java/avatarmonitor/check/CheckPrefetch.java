package avatarmonitor.check;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarRow;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.check.StatusCheck.Snapshot;
import avatarmonitor.check.decision.Monitoring;
import avatarmonitor.store.sql.Columns;
import avatarmonitor.store.sql.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Reads many avatars with their monitoring state. PostgreSQL only. */
final class CheckPrefetch {
    /** Maximum of avatars per statement. */
    static final int BATCH_MAX = 1_000;

    private CheckPrefetch() {}

    static Map<AvatarId, Snapshot> read(Connection connection, AvatarStore avatars, List<AvatarId> ids)
            throws SQLException {
        Map<AvatarId, Snapshot> seen = new HashMap<>();
        for (int from = 0; from < ids.size(); from += BATCH_MAX) {
            readSome(connection, avatars, ids.subList(from, Math.min(from + BATCH_MAX, ids.size())), seen);
        }
        return seen;
    }

    private static void readSome(
            Connection connection, AvatarStore avatars, List<AvatarId> ids, Map<AvatarId, Snapshot> seen)
            throws SQLException {
        // Both rows are looked up by key for each id. A plain join of both tables would read one of them completely.
        String sql = """
                SELECT %s, m.fal_request_id AS watched_request, %s
                FROM unnest(CAST(? AS uuid[])) AS wanted (id)
                JOIN LATERAL (SELECT * FROM avatars WHERE avatars.id = wanted.id LIMIT 1) avatars ON true
                LEFT JOIN LATERAL (SELECT * FROM avatar_monitoring m WHERE m.avatar_id = wanted.id LIMIT 1) m ON true""".formatted(AvatarRow.columns(avatars.schema()), MonitoringStore.COLUMNS);
        List<Map.Entry<AvatarId, Snapshot>> found = Jdbc.listPlanned(
                connection,
                sql,
                row -> {
                    AvatarId id = new AvatarId(row.getObject("id", UUID.class));
                    Monitoring monitoring = row.getObject("window_ends_at") == null
                            ? null
                            : MonitoringStore.read(row.getString("watched_request"), row);
                    return Map.entry(id, new Snapshot(AvatarRow.read(id, row), monitoring));
                },
                Columns.of("uuid", ids, id -> id));
        found.forEach(one -> seen.put(one.getKey(), one.getValue()));
    }
}
