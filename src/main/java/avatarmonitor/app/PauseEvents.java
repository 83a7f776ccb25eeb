package avatarmonitor.app;

import avatarmonitor.event.Event;
import avatarmonitor.event.EventType;
import avatarmonitor.event.EventWriter;
import avatarmonitor.fal.EndpointListener;
import avatarmonitor.fal.limit.FalPauseListener;
import avatarmonitor.hint.PlatformApiTable;
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
 * Writes events when this worker's polling pauses and resumes, and when a configured endpoint turns out to be unknown.
 * Events that cannot be written at once are kept for a later {@link #write}, since an alert lasts until its end is in
 * the log.
 */
final class PauseEvents implements FalPauseListener, EndpointListener {
    /** Interval at which a worker ends expired pauses, and writes events that it could not write before. */
    static final Duration PERIOD = Duration.ofSeconds(3);

    /** More than accumulate in an hour without a database; beyond it the newest events describe the state. */
    static final int UNWRITTEN_MAX = 16;

    private static final Logger log = LoggerFactory.getLogger(PauseEvents.class);

    private final EventWriter events;
    private final PlatformApiTable history;
    private final Function<String, List<String>> keysOf;
    private final Predicate<String> isPrevious;
    private final InstantSource clock;
    private final Deque<Event> unwritten = new ArrayDeque<>();
    private final ReentrantLock writing = new ReentrantLock();

    /** Whether the last event about endpoints reported an unknown one. */
    private volatile boolean endpointUnknown;

    /**
     * Sends nothing yet.
     *
     * @param history stores for all workers that the platform API is off
     * @param keysOf configuration keys that name an application
     * @param isPrevious whether an application is a former endpoint, used only for trainings that were submitted
     *     before a change
     */
    PauseEvents(
            EventWriter events,
            PlatformApiTable history,
            Function<String, List<String>> keysOf,
            Predicate<String> isPrevious,
            InstantSource clock) {
        this.keysOf = keysOf;
        this.isPrevious = isPrevious;
        this.events = events;
        this.history = history;
        this.clock = clock;
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

    /** Keeps the event and tries to write it. The pause holds whether or not the event can be written. */
    private void append(EventType type, JsonObject detail) {
        keep(events.event(clock.instant(), null, null, type, detail));
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
     * Writes kept events in order; does nothing while another thread writes.
     *
     * @throws StoreException when the database failed; all events are kept
     */
    void write() {
        // Threads that send requests to fal must not wait for another thread's transaction.
        if (!writing.tryLock()) {
            return;
        }
        try {
            List<Event> kept = kept();
            if (!kept.isEmpty()) {
                events.write(kept.toArray(new Event[0]));
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
