package avatarmonitor.inspect;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.event.EventLog;
import avatarmonitor.event.EventLog.Logged;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of the event log.
 *
 * @param events the newest first
 * @param more whether older ones follow
 */
public record EventPage(List<Logged> events, boolean more) {

    /**
     * Reads one page.
     *
     * @param before only events with lower ids; {@link Long#MAX_VALUE} for the newest
     * @param avatar null for all events, with or without avatar
     * @param type null for all
     */
    public static EventPage read(
            Connection connection, long before, @Nullable AvatarId avatar, @Nullable String type, int limit)
            throws SQLException {
        String sql = """
                SELECT id, at, avatar_id, fal_request_id, worker, type, detail FROM avatar_event
                WHERE id < ?%s%s ORDER BY id DESC LIMIT ?""".formatted(avatar == null ? "" : " AND avatar_id = ?", type == null ? "" : " AND type = ?");
        List<Object> values = new ArrayList<>();
        values.add(before);
        if (avatar != null) {
            values.add(avatar.value());
        }
        if (type != null) {
            values.add(type);
        }
        values.add(limit + 1);
        List<Logged> events = EventLog.read(connection, sql, values.toArray());
        boolean more = events.size() > limit;
        return new EventPage(more ? events.subList(0, limit) : events, more);
    }
}
