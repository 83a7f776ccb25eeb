package avatarmonitor.reconcile;

import avatarmonitor.avatar.AvatarId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads {@code v_unwatched}, so that this program and whoever looks with SQL mean the same by it. */
enum Unwatched {
    /** Every avatar in it. */
    ALL("""
            SELECT avatar_id FROM v_unwatched
            WHERE (CAST(? AS uuid) IS NULL OR avatar_id > CAST(? AS uuid))
            ORDER BY avatar_id LIMIT ?"""),
    /** Those that nothing speaks against watching: nobody decided to end their watch, and their rows are not known to be invalid. */
    UNDECIDED("""
            SELECT avatar_id FROM v_unwatched
            WHERE (CAST(? AS uuid) IS NULL OR avatar_id > CAST(? AS uuid))
              AND (why = 'no trigger' OR why LIKE 'trigger broken:%')
            ORDER BY avatar_id LIMIT ?"""),
    /** Those whose watch is open all the same: their trigger was lost or is broken. */
    LOST("""
            SELECT u.avatar_id FROM v_unwatched u
            JOIN avatar_monitoring m ON m.avatar_id = u.avatar_id AND m.fal_request_id = u.fal_request_id
            WHERE (CAST(? AS uuid) IS NULL OR u.avatar_id > CAST(? AS uuid))
              AND u.why = 'no trigger' AND m.outcome IS NULL
            ORDER BY u.avatar_id LIMIT ?""");

    private final String sql;

    Unwatched(String sql) {
        this.sql = sql;
    }

    /** Ids in order, beginning after the given one. */
    List<AvatarId> page(Connection connection, @Nullable AvatarId after, int limit) throws SQLException {
        List<AvatarId> ids = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            UUID begin = after == null ? null : after.value();
            statement.setObject(1, begin);
            statement.setObject(2, begin);
            statement.setInt(3, limit);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    ids.add(new AvatarId(row.getObject("avatar_id", UUID.class)));
                }
            }
        }
        return ids;
    }
}
