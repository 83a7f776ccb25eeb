package avatarmonitor.schedule;

import avatarmonitor.event.EventType;
import avatarmonitor.event.EventWriter;
import avatarmonitor.schedule.quartz.ClusterListener;
import com.google.gson.JsonObject;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;

/** Writes events about the cluster as seen by this worker, in the transaction in which they happen. */
final class ClusterEvents implements ClusterListener {
    private final EventWriter events;

    ClusterEvents(EventWriter events) {
        this.events = events;
    }

    @Override
    public void workerLost(Connection connection, String instance, int firings) throws SQLException {
        JsonObject detail = new JsonObject();
        detail.addProperty("instance", instance);
        detail.addProperty("firings_taken_over", firings);
        events.append(connection, events.clock().instant(), EventType.WORKER_LOST, detail);
    }

    @Override
    public void databaseBack(Connection connection, Duration away) throws SQLException {
        Instant now = events.clock().instant();
        JsonObject detail = new JsonObject();
        detail.addProperty("since", now.minus(away).toString());
        detail.addProperty("seconds", away.toSeconds());
        events.append(connection, now, EventType.DATABASE_BACK, detail);
    }
}
