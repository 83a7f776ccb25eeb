package avatarmonitor.testing;

import avatarmonitor.event.EventLog;
import avatarmonitor.event.EventWriter;
import avatarmonitor.store.Database;
import java.time.InstantSource;

/** Creates writers of events for tests. */
public final class TestEvents {
    private TestEvents() {}

    public static EventWriter writer(Database database, InstantSource clock, String worker) {
        return new EventWriter(database, new EventLog(database.dialect()), clock, worker);
    }
}
