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
final class Unwatched {
    private Unwatched() {}

    /** Ids in order, beginning after the given one. */
    static List<AvatarId> page(Connection connection, @Nullable AvatarId after, int limit) throws SQLException {
        String first = "SELECT avatar_id FROM v_unwatched ORDER BY avatar_id LIMIT ?";
        String next = "SELECT avatar_id FROM v_unwatched WHERE avatar_id > ? ORDER BY avatar_id LIMIT ?";
        List<AvatarId> ids = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(after == null ? first : next)) {
            int parameter = 1;
            if (after != null) {
                statement.setObject(parameter++, after.value());
            }
            statement.setInt(parameter, limit);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    ids.add(new AvatarId(row.getObject("avatar_id", UUID.class)));
                }
            }
        }
        return ids;
    }
}
