package avatarmonitor.app;

import avatarmonitor.event.Event;
import avatarmonitor.event.EventLog;
import avatarmonitor.event.EventType;
import avatarmonitor.fal.EndpointListener;
import avatarmonitor.fal.FalPauseListener;
import avatarmonitor.hint.HistoryTable;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in the event log when this worker's polling pauses and when it goes on, and when a configured endpoint turns out to be wrong. What cannot be written at once is kept for a later
 * {@link #write}, since an alert lasts until its end is in the log.
 */
final class PauseEvents implements FalPauseListener, EndpointListener {
    /** How often a worker looks whether a pause is over, and writes what it could not write before. */
    static final Duration PERIOD = Duration.ofSeconds(3);

    /** More than an hour without a database brings forth; beyond that the newest say how it stands. */
    static final int UNWRITTEN_MAX = 16;

    private static final Logger log = LoggerFactory.getLogger(PauseEvents.class);

    private final Database database;
    private final EventLog events;
    private final HistoryTable history;
    private final Function<String, List<String>> keysOf;
    private final Predicate<String> isPrevious;
    private final InstantSource clock;
    private final String worker;
    private final Deque<Event> unwritten = new ArrayDeque<>();
    private final ReentrantLock writing = new ReentrantLock();

    /** Whether the last event about endpoints said that one is unknown. */
    private volatile boolean endpointUnknown;

    /**
     * Nothing is told yet.
     *
     * @param history where it is kept, for all workers, that the platform API is off
     * @param keysOf configuration keys that name an application
     * @param isPrevious whether an application is one that only trainings of before a change are looked for at
     */
    PauseEvents(
            Database database,
            EventLog events,
            HistoryTable history,
            Function<String, List<String>> keysOf,
            Predicate<String> isPrevious,
            InstantSource clock,
            String worker) {
        this.keysOf = keysOf;
        this.isPrevious = isPrevious;
        this.database = database;
        this.events = events;
        this.history = history;
        this.clock = clock;
        this.worker = worker;
    }

    @Override
    public void paused(Refusal refusal, String reason, Instant until) {
        JsonObject detail = new JsonObject();
        detail.addProperty("refused", refusal.name().toLowerCase(Locale.ROOT));
        detail.addProperty("reason", reason);
        detail.addProperty("until", until.toString());
        append(EventType.FAL_PAUSED, detail);
    }

    @Override
    public void resumed() {
        append(EventType.FAL_RESUMED, new JsonObject());
    }

    @Override
    public void endpointUnknown(String endpoint, String reason) {
        List<String> keys = keysOf.apply(endpoint);
        if (isPrevious.test(endpoint) && keys.equals(EndpointKeys.OF_A_ROW)) {
            log.info("fal does not have a previous endpoint endpoint={} reason={}", endpoint, reason);
            return;
        }
        endpointUnknown = true;
        JsonObject detail = new JsonObject();
        detail.addProperty("endpoint", endpoint);
        detail.addProperty("key", String.join(", ", keys));
        detail.addProperty("reason", reason);
        log.error("fal does not have a configured endpoint endpoint={} reason={}", endpoint, reason);
        append(EventType.ENDPOINT_UNKNOWN, detail);
    }

    @Override
    public void endpointsKnown() {
        if (endpointUnknown) {
            endpointUnknown = false;
            append(EventType.ENDPOINT_KNOWN, new JsonObject());
        }
    }

    @Override
    public void historyRefused(String reason) {
        log.warn("fal's platform API may not be asked, lost results are not looked for in it reason={}", reason);
        try {
            boolean unused = history.off(reason, clock.instant());
        } catch (StoreException e) {
            log.atLevel(StoreException.logLevel(e)).log("refusal is not recorded error={}", e.getMessage());
        }
    }

    /** The pause holds whether or not it can be written down. */
    private void append(EventType type, JsonObject detail) {
        keep(new Event(clock.instant(), null, null, worker, type, detail));
        try {
            write();
        } catch (StoreException e) {
            log.atLevel(StoreException.logLevel(e))
                    .log("event is written later type={} error={}", type.column(), e.getMessage());
        }
    }

    private void keep(Event event) {
        synchronized (unwritten) {
            if (unwritten.size() == UNWRITTEN_MAX) {
                Event oldest = unwritten.removeFirst();
                log.warn(
                        "event is lost, the database was away for too many type={} at={}",
                        oldest.type().column(),
                        oldest.at());
            }
            unwritten.addLast(event);
        }
    }

    /**
     * Writes what is not written yet, in the order in which it happened; nothing when another thread is at it.
     *
     * @throws StoreException when the database failed; all of it is kept
     */
    void write() {
        // Whoever asks fal must not wait for somebody else's transaction.
        if (!writing.tryLock()) {
            return;
        }
        try {
            List<Event> kept = kept();
            if (!kept.isEmpty()) {
                database.inTransaction(connection -> {
                    for (Event event : kept) {
                        events.append(connection, event);
                    }
                    return kept.size();
                });
                forget(kept);
            }
        } finally {
            writing.unlock();
        }
    }

    private List<Event> kept() {
        synchronized (unwritten) {
            return List.copyOf(unwritten);
        }
    }

    private void forget(List<Event> written) {
        synchronized (unwritten) {
            written.forEach(unwritten::removeFirstOccurrence);
        }
    }
}
