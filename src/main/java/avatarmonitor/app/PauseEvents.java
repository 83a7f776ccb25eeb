package avatarmonitor.app;

import avatarmonitor.event.Event;
import avatarmonitor.event.EventLog;
import avatarmonitor.event.EventType;
import avatarmonitor.fal.FalPauseListener;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import com.google.gson.JsonObject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says in log and event log when this worker's polling pauses and when it goes on. */
final class PauseEvents implements FalPauseListener {
    private static final Logger log = LoggerFactory.getLogger(PauseEvents.class);

    private final Database database;
    private final EventLog events;
    private final InstantSource clock;
    private final String worker;

    PauseEvents(Database database, EventLog events, InstantSource clock, String worker) {
        this.database = database;
        this.events = events;
        this.clock = clock;
        this.worker = worker;
    }

    @Override
    public void paused(Refusal refusal, String reason, Instant until) {
        log.error("polling of fal pauses until={} reason={}", until, reason);
        JsonObject detail = new JsonObject();
        detail.addProperty("refused", refusal.name().toLowerCase(Locale.ROOT));
        detail.addProperty("reason", reason);
        detail.addProperty("until", until.toString());
        append(EventType.FAL_PAUSED, detail);
    }

    @Override
    public void resumed() {
        log.info("polling of fal goes on");
        append(EventType.FAL_RESUMED, new JsonObject());
    }

    /** The pause holds whether or not it can be written down. */
    private void append(EventType type, JsonObject detail) {
        try {
            database.inTransaction(connection -> {
                events.append(connection, new Event(clock.instant(), null, null, worker, type, detail));
                return true;
            });
        } catch (StoreException e) {
            log.warn("event not written type={} error={}", type.column(), e.getMessage());
        }
    }
}
