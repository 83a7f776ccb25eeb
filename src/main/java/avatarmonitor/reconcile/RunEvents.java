package avatarmonitor.reconcile;

import avatarmonitor.event.EventLog.Logged;
import avatarmonitor.event.EventType;
import avatarmonitor.event.EventWriter;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import avatarmonitor.store.sql.Jdbc;
import com.google.gson.JsonObject;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes events for a failed reconcile run and for the first success after it, on any worker. Best effort: a run mostly
 * fails because of the database itself.
 */
final class RunEvents {
    private static final int ERROR_LENGTH_MAX = 500;

    private static final Logger log = LoggerFactory.getLogger(RunEvents.class);

    private final Database database;
    private final EventWriter events;

    RunEvents(Database database, EventWriter events) {
        this.database = database;
        this.events = events;
    }

    void failed(RuntimeException why, Instant now) {
        String error = why.getMessage() == null ? why.getClass().getSimpleName() : why.getMessage();
        JsonObject detail = new JsonObject();
        detail.addProperty("error", error.substring(0, Math.min(ERROR_LENGTH_MAX, error.length())));
        write(connection -> append(connection, EventType.RECONCILE_FAILED, detail, now));
    }

    void succeeded(Instant now) {
        write(connection -> {
            return Jdbc.update(
                            connection,
                            "UPDATE avatar_monitor_reconcile SET at = ?, worker = ? WHERE id = 1",
                            now,
                            events.worker())
                    == 1;
        });
        write(connection ->
                newest(connection, EventType.RECONCILE_FAILED) > newest(connection, EventType.RECONCILE_RECOVERED)
                        && append(connection, EventType.RECONCILE_RECOVERED, new JsonObject(), now));
    }

    /** Returns the id of the newest event of this type; 0 when there is none. */
    private long newest(Connection connection, EventType type) throws SQLException {
        return events.log().ofNoAvatar(connection, type, Instant.EPOCH, 1).stream()
                .mapToLong(Logged::id)
                .findFirst()
                .orElse(0);
    }

    private boolean append(Connection connection, EventType type, JsonObject detail, Instant now) throws SQLException {
        events.append(connection, now, type, detail);
        return true;
    }

    private void write(Database.Work<Boolean> work) {
        try {
            database.inTransaction(work);
        } catch (StoreException e) {
            log.atLevel(StoreException.logLevel(e))
                    .log("event of a reconcile run not written error={}", e.getMessage());
        }
    }
}
