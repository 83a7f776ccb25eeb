package avatarmonitor.schedule;

import avatarmonitor.event.Event;
import avatarmonitor.event.EventLog;
import avatarmonitor.event.EventType;
import avatarmonitor.schedule.quartz.ClusterListener;
import com.google.gson.JsonObject;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Writes events about the cluster as seen by this worker, in the transaction in which they happen. */
final class ClusterEvents implements ClusterListener {
    private final EventLog log;
    private final InstantSource clock;
    private final String worker;

    /**
     * Creates the writer of one worker.
     *
     * @param worker instance id of this worker
     */
    ClusterEvents(EventLog log, InstantSource clock, String worker) {
        this.log = log;
        this.clock = clock;
        this.worker = worker;
    }

    @Override
    public void workerLost(Connection connection, String instance, int firings) throws SQLException {
        JsonObject detail = new JsonObject();
        detail.addProperty("instance", instance);
        detail.addProperty("firings_taken_over", firings);
        log.append(connection, new Event(clock.instant(), null, null, worker, EventType.WORKER_LOST, detail));
    }

    @Override
    public void databaseBack(Connection connection, Duration away) throws SQLException {
        Instant now = clock.instant();
        JsonObject detail = new JsonObject();
        detail.addProperty("since", now.minus(away).toString());
        detail.addProperty("seconds", away.toSeconds());
        log.append(connection, new Event(now, null, null, worker, EventType.DATABASE_BACK, detail));
    }
}
