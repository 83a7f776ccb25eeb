package avatarmonitor.emulator;

import avatarmonitor.emulator.http.Refusals;
import avatarmonitor.emulator.http.Wire;
import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Sends the status as server-sent events: one event for every change, and one every few seconds without a change, until
 * the request is over. An event contains only log lines that no earlier event contained, because fal's JavaScript
 * client appends them.
 */
final class StatusStreams {
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);
    private static final Duration REPEAT_AFTER = Duration.ofSeconds(5);
    private static final Duration LONGEST = Duration.ofHours(2);

    private final Emulation emulation;
    private final Wire wire;
    private final Semaphore free;

    StatusStreams(Emulation emulation, Wire wire) {
        this.emulation = emulation;
        this.wire = wire;
        this.free = new Semaphore(emulation.config().limits().streams());
    }

    /**
     * Opens a stream.
     *
     * @param cut whether the stream ends after its first event
     */
    void open(
            HttpExchange exchange, QueuedRequest request, String origin, boolean logs, boolean cut, CallLog.Open call) {
        if (!free.tryAcquire()) {
            wire.send(exchange, Refusals.TOO_MANY_STREAMS, null, call::answered);
            return;
        }
        call.answered(200);
        Stream stream = new Stream(exchange, request, origin, logs, cut);
        try {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
            exchange.getResponseHeaders().set("Cache-Control", "no-cache");
            exchange.getResponseHeaders().set(QueueCalls.REQUEST_ID_HEADER, request.id());
            exchange.sendResponseHeaders(200, 0);
            stream.go();
        } catch (IOException clientGone) {
            stream.end();
        }
    }

    private final class Stream {
        private final HttpExchange exchange;
        private final QueuedRequest request;
        private final String origin;
        private final boolean logs;
        private final boolean cut;
        private final long openedNanos = System.nanoTime();
        private long sentNanos;
        private Instant loggedUntil = Instant.MIN;
        private @Nullable String lastStatus;

        private Stream(HttpExchange exchange, QueuedRequest request, String origin, boolean logs, boolean cut) {
            this.exchange = exchange;
            this.request = request;
            this.origin = origin;
            this.logs = logs;
            this.cut = cut;
        }

        private void go() throws IOException {
            Instant now = emulation.clock().instant();
            QueuedRequest.View view = request.at(now);
            boolean told = request.statusKept(now) && emulation.requests().find(request.id()) == request;
            if (told) {
                tell(view, now);
            }
            boolean done = !told || cut || view.over() || passed(openedNanos, LONGEST);
            if (done || !wire.after(LOOK_EVERY, this::goOn)) {
                end();
            }
        }

        private void goOn() {
            try {
                go();
            } catch (IOException clientGone) {
                end();
            }
        }

        private void tell(QueuedRequest.View view, Instant now) throws IOException {
            JsonObject body = StatusBody.of(request, view, origin);
            boolean news = !body.toString().equals(lastStatus);
            if (logs) {
                var lines = StatusBody.logs(view, loggedUntil, now);
                news |= !lines.isEmpty();
                lastStatus = body.toString();
                body.add("logs", lines);
            } else {
                lastStatus = body.toString();
            }
            if (news || passed(sentNanos, REPEAT_AFTER)) {
                String event = "data: " + body + "\n\n";
                exchange.getResponseBody().write(event.getBytes(StandardCharsets.UTF_8));
                exchange.getResponseBody().flush();
                sentNanos = System.nanoTime();
                loggedUntil = now;
            }
        }

        private void end() {
            free.release();
            exchange.close();
        }

        private static boolean passed(long sinceNanos, Duration time) {
            return System.nanoTime() - sinceNanos > time.toNanos();
        }
    }
}
