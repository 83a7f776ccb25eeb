package avatarmonitor.web;

import avatarmonitor.event.EventFollower;
import avatarmonitor.event.EventLog;
import avatarmonitor.event.EventLog.Logged;
import avatarmonitor.inspect.EventRow;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens, as it happens, to whoever listens (server-sent events). One thread asks the database once for all of them, and only
 * while somebody listens.
 */
final class Live {
    /** Most that listen at once: far more pages than people look at. */
    static final int STREAMS_MAX = 64;

    private static final Logger log = LoggerFactory.getLogger(Live.class);

    private static final Duration TURN = Duration.ofSeconds(1);
    private static final int OVERVIEW_TURNS = 2;
    private static final int LOAD_TURNS = 10;

    /** Shows a listener that the connection lives, also while the database hangs. */
    private static final Duration BEAT = Duration.ofSeconds(5);

    /** A listener comes back at once; what has become of its connection is then clear. */
    private static final Duration STREAM_MAX = Duration.ofMinutes(10);

    private final Database database;
    private final EventLog events;
    private final Figures figures;
    private final InstantSource clock;
    private final Scheduler timer;
    private final Patience patience;
    private final Set<LiveStream> streams = ConcurrentHashMap.newKeySet();
    private final ScheduledThreadPoolExecutor thread;
    private @Nullable EventFollower follower;
    private long turn;
    private boolean failed;

    Live(Database database, Figures figures, InstantSource clock, Scheduler timer, Patience patience) {
        this.database = database;
        this.events = new EventLog(database.dialect());
        this.figures = figures;
        this.clock = clock;
        this.timer = timer;
        this.patience = patience;
        this.thread = new ScheduledThreadPoolExecutor(1, work -> {
            Thread made = new Thread(work, "http-live");
            made.setDaemon(true);
            return made;
        });
        // After a stop no turn comes any more; the one that runs is not interrupted.
        this.thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        this.thread.setRemoveOnCancelPolicy(true);
    }

    void start() {
        beat();
        var unused =
                thread.scheduleWithFixedDelay(this::turnOfAll, TURN.toMillis(), TURN.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Begins a stream, or refuses it when too many listen. */
    void join(Request request, Response response, Callback callback) {
        LiveStream stream = new LiveStream(response, callback, patience);
        streams.add(stream);
        Request.addCompletionListener(request, ended -> streams.remove(stream));
        if (streams.size() > STREAMS_MAX) {
            streams.remove(stream);
            Answer full = Answer.problem(503, "Too many streams", "at most " + STREAMS_MAX + " listen at once");
            response.setStatus(full.status());
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, full.contentType());
            response.getHeaders().put(HttpHeader.RETRY_AFTER, "10");
            response.write(true, full.toSend(), callback);
            return;
        }
        response.setStatus(200);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream");
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        // Proxies such as nginx would keep what comes until there is much of it.
        response.getHeaders().put("X-Accel-Buffering", "no");
        stream.send(bytes(": hello\n\n"));
        try {
            thread.execute(() -> first(stream));
        } catch (RejectedExecutionException stopping) {
            stream.end();
        }
    }

    /** A listener sees the figures at once, not in two seconds. */
    private void first(LiveStream stream) {
        try {
            follow();
            stream.send(frame("overview", figures.overview(), null));
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    private void turnOfAll() {
        if (streams.isEmpty()) {
            follower = null;
            return;
        }
        turn++;
        try {
            for (Logged event : fresh()) {
                sendAll(frame("event", EventRow.json(event), event.id()));
            }
            if (turn % OVERVIEW_TURNS == 0) {
                sendAll(frame("overview", figures.overview(), null));
            }
            JsonObject load = turn % LOAD_TURNS == 0 ? figures.loadNow() : null;
            if (load != null) {
                sendAll(frame("load", load, null));
            }
            failed = false;
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    /** On the server's own timer, which waits for nothing. */
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

    private void failed(RuntimeException e) {
        // While the database is away every turn fails: one line says so.
        if (!failed) {
            log.warn("nothing to tell the listeners, trying again each second error={}", e.getMessage());
        }
        failed = true;
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
        streams.forEach(stream -> stream.send(frame));
    }

    static byte[] frame(String name, JsonElement data, @Nullable Long id) {
        return bytes(
                (id == null ? "" : "id: " + id + "\n") + "event: " + name + "\ndata: " + Answer.line(data) + "\n\n");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Ends all streams; none begins any more. */
    void stop() {
        thread.shutdown();
        streams.forEach(LiveStream::end);
    }

    /** Waits at most this long until nothing is asked of the database. */
    void awaitEnd(Duration patience) throws InterruptedException {
        boolean unused = thread.awaitTermination(Math.max(0, patience.toMillis()), TimeUnit.MILLISECONDS);
    }
}
