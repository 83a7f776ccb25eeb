package avatarmonitor.inspect;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.event.EventLog.Logged;
import com.google.gson.JsonParser;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Part of the event log.
 *
 * @param events the newest first
 * @param more whether older ones follow
 */
public record EventPage(List<Logged> events, boolean more) {

    /**
     * Reads one page.
     *
     * @param before only events with lower numbers; {@link Long#MAX_VALUE} for the newest
     * @param avatar null for those of all avatars and of none
     * @param type null for all
     */
    public static EventPage read(
            Connection connection, long before, @Nullable AvatarId avatar, @Nullable String type, int limit)
            throws SQLException {
        String sql = """
                SELECT id, at, avatar_id, fal_request_id, worker, type, detail FROM avatar_event
                WHERE id < ?%s%s ORDER BY id DESC LIMIT ?""".formatted(avatar == null ? "" : " AND avatar_id = ?", type == null ? "" : " AND type = ?");
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            int next = 1;
            select.setLong(next++, before);
            if (avatar != null) {
                select.setObject(next++, avatar.value());
            }
            if (type != null) {
                select.setString(next++, type);
            }
            select.setInt(next, limit + 1);
            List<Logged> events = rows(select);
            boolean more = events.size() > limit;
            return new EventPage(more ? events.subList(0, limit) : events, more);
        }
    }

    private static List<Logged> rows(PreparedStatement select) throws SQLException {
        List<Logged> events = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                UUID avatar = row.getObject("avatar_id", UUID.class);
                events.add(new Logged(
                        row.getLong("id"),
                        row.getObject("at", OffsetDateTime.class).toInstant(),
                        avatar == null ? null : new AvatarId(avatar),
                        row.getString("fal_request_id"),
                        row.getString("worker"),
                        row.getString("type"),
                        JsonParser.parseString(row.getString("detail")).getAsJsonObject()));
            }
        }
        return events;
    }
}
