package avatarmonitor.app;

import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.event.EventType;
import avatarmonitor.event.EventWriter;
import avatarmonitor.store.Database;
import avatarmonitor.store.SchemaException;
import com.google.gson.JsonObject;
import java.time.Duration;

/**
 * Reads the schema of the application's table periodically: a dropped optional column is no longer used, an added one
 * is. Writes an event when the table can no longer be monitored, and another one when it can again. Not thread-safe.
 */
final class SchemaWatch {
    static final Duration PERIOD = Duration.ofSeconds(30);

    private final Database database;
    private final AvatarStore avatars;
    private final EventWriter events;

    /** Whether the last event reported that the table cannot be monitored. */
    private boolean reported;

    SchemaWatch(Database database, AvatarStore avatars, EventWriter events) {
        this.database = database;
        this.avatars = avatars;
        this.events = events;
    }

    /** Reads the schema once; throws {@link avatarmonitor.store.StoreException} when the database failed. */
    void refresh() {
        JsonObject detail = new JsonObject();
        boolean broken = false;
        try {
            avatars.refresh(database);
        } catch (SchemaException e) {
            broken = true;
            detail.addProperty("problem", e.getMessage());
        }
        if (broken != reported) {
            events.write(broken ? EventType.SCHEMA_BROKEN : EventType.SCHEMA_RIGHT, detail);
            reported = broken;
        }
    }
}
