package avatarmonitor.inspect;

import avatarmonitor.event.EventLog.Logged;
import com.google.gson.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Converts events to JSON. */
public final class EventRow {
    private EventRow() {}

    /** Returns one event as an object with the columns of {@code v_recent_events}. */
    public static JsonObject json(Logged event) {
        return Rows.json(members(event));
    }

    /** Adds the avatar's name, which may be null. */
    public static JsonObject json(Logged event, @Nullable String name) {
        Map<String, @Nullable Object> members = members(event);
        members.put("name", name);
        return Rows.json(members);
    }

    private static Map<String, @Nullable Object> members(Logged event) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("id", event.id());
        members.put("at", event.at());
        members.put("type", event.type());
        members.put("avatar_id", event.avatar());
        members.put("fal_request_id", event.falRequestId());
        members.put("worker", event.worker());
        members.put("detail", event.detail());
        return members;
    }
}
