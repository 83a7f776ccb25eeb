package avatarmonitor.web;

import avatarmonitor.background.Deadline;
import avatarmonitor.background.PeriodicTasks;
import avatarmonitor.event.EventFollower;
import avatarmonitor.event.EventLog;
import avatarmonitor.event.EventLog.Logged;
import avatarmonitor.inspect.EventRow;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import avatarmonitor.web.limit.ClientDeadlines;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Server-sent events: streams new events and the overview. One thread reads events once for all clients, and another
 * reads the overview, which may take long; both are active only while a client is connected.
 */
final class EventStream {
    /** Limit of concurrent streams. */
    static final int STREAMS_MAX = 64;

    private static final Duration EVENTS_PERIOD = Duration.ofSeconds(1);
    private static final Duration OVERVIEW_PERIOD = Duration.ofSeconds(2);
    private static final Duration LOAD_PERIOD = Duration.ofSeconds(10);

    /** Interval of keep-alive frames, which are sent even while the database hangs. */
    private static final Duration BEAT = Duration.ofSeconds(5);

    /** Maximum duration of a stream. The client reconnects at once, which detects dead connections. */
    private static final Duration STREAM_MAX = Duration.ofMinutes(10);

    private final Database database;
    private final EventLog events;
    private final OverviewCache figures;
    private final InstantSource clock;
    private final Scheduler timer;
    private final ClientDeadlines deadlines;
    private final Set<EventSubscriber> streams = ConcurrentHashMap.newKeySet();

    /** Streams that get each event from now on: no overview is sent before, so that it shows the client this moment. */
    private final Set<EventSubscriber> following = ConcurrentHashMap.newKeySet();

    private final PeriodicTasks telling;
    private final PeriodicTasks counting;
    private @Nullable EventFollower follower;

    EventStream(HttpService.Parts parts, OverviewCache figures, Scheduler timer, ClientDeadlines deadlines) {
        this.database = parts.database();
        this.events = new EventLog(database.dialect());
        this.figures = figures;
        this.clock = parts.clock();
        this.timer = timer;
        this.deadlines = deadlines;
        this.telling = new PeriodicTasks(parts.worker(), "http-live");
        this.counting = new PeriodicTasks(parts.worker(), "http-count");
    }

    void start() {
        beat();
        telling.every(EVENTS_PERIOD, "events", this::tellEvents);
        counting.every(OVERVIEW_PERIOD, "overview", this::tellOverview);
        counting.every(LOAD_PERIOD, "load", this::tellLoad);
    }

    /** Starts a stream, or rejects it when there are too many. */
    void join(Request request, Response response, Callback callback) {
        EventSubscriber stream = new EventSubscriber(response, callback, deadlines);
        streams.add(stream);
        Request.addCompletionListener(request, ended -> leave(stream));
        if (streams.size() > STREAMS_MAX) {
            streams.remove(stream);
            String detail = "at most " + STREAMS_MAX + " listen at once";
            Answer.problem(503, "Too many streams", detail, Map.of("Retry-After", "10"))
                    .sendTo(response, callback);
            return;
        }
        response.setStatus(200);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream");
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        // Disables buffering by proxies such as nginx.
        response.getHeaders().put("X-Accel-Buffering", "no");
        stream.send(bytes(": hello\n\n"));
        if (!telling.soon(() -> first(stream))) {
            stream.end();
        }
    }

    private void leave(EventSubscriber stream) {
        streams.remove(stream);
        following.remove(stream);
    }

    /** Sends the overview at once instead of after two seconds; from then on the client misses no event. */
    private void first(EventSubscriber stream) {
        follow();
        following.add(stream);
        boolean unused = counting.soon(() -> stream.send(frame("overview", figures.overview(), null)));
    }

    private void tellEvents() {
        if (streams.isEmpty()) {
            follower = null;
            following.clear();
            return;
        }
        for (Logged event : fresh()) {
            sendAll(frame("event", EventRow.json(event), event.id()));
        }
        // Those that joined while the database did not answer; and without those that have ended meanwhile.
        following.addAll(streams);
        following.retainAll(streams);
    }

    private void tellOverview() {
        if (!streams.isEmpty()) {
            sendAll(frame("overview", figures.overview(), null));
        }
    }

    private void tellLoad() {
        JsonObject load = streams.isEmpty() ? null : figures.loadNow();
        if (load != null) {
            sendAll(frame("load", load, null));
        }
    }

    /** Runs on the server's own timer, which never blocks. */
    private void beat() {
        long now = System.nanoTime();
        try {
            streams.forEach(stream -> {
                if (stream.olderThan(STREAM_MAX, now)) {
                    stream.end();
                } else {
                    stream.send(bytes(": still here\n\n"));
                }
            });
        } finally {
            var unused = timer.schedule(this::beat, BEAT);
        }
    }

    private EventFollower follow() {
        EventFollower known = follower;
        if (known == null) {
            known = database.read(connection -> EventFollower.from(events, connection, clock.instant()));
            follower = known;
        }
        return known;
    }

    private List<Logged> fresh() throws StoreException {
        EventFollower known = follow();
        return database.read(connection -> known.next(connection, clock.instant()));
    }

    private void sendAll(byte[] frame) {
        following.forEach(stream -> stream.send(frame));
    }

    static byte[] frame(String name, JsonElement data, @Nullable Long id) {
        return bytes(
                (id == null ? "" : "id: " + id + "\n") + "event: " + name + "\ndata: " + Answer.line(data) + "\n\n");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Ends all streams and starts none any more. */
    void stop() {
        telling.stop();
        counting.stop();
        streams.forEach(EventSubscriber::end);
    }

    /** Waits until no query is running, at most this long. */
    void awaitEnd(Duration timeout) throws InterruptedException {
        Deadline deadline = Deadline.in(timeout);
        telling.awaitEnd(timeout);
        counting.awaitEnd(deadline.left());
    }
}
