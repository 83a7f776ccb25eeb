package avatarmonitor.emulator.http;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes answers to the connection, complete or broken by a fault. A delayed answer is a timer task and blocks no
 * thread, so that hundreds of slow answers cost only memory.
 */
public final class Wire {
    /** Time after which a hanging connection is closed; a client that waits longer has no timeout. */
    private static final Duration LONGEST_HANG = Duration.ofMinutes(10);

    private static final int NO_BODY = -1;
    private static final int CHUNK_BYTES = 64 * 1024;

    private final Executor workers;
    private final ScheduledExecutorService timer;
    private final int mostHeld;
    private final AtomicInteger held = new AtomicInteger();

    public Wire(Executor workers, ScheduledExecutorService timer, int mostHeld) {
        this.workers = workers;
        this.timer = timer;
        this.mostHeld = mostHeld;
    }

    /** Runs the task on a worker thread after the delay; returns false without running it when too many tasks wait. */
    public boolean after(Duration delay, Runnable task) {
        if (held.incrementAndGet() > mostHeld) {
            held.decrementAndGet();
            return false;
        }
        try {
            var unused = timer.schedule(() -> onWorker(task), delay.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (RejectedExecutionException closing) {
            held.decrementAndGet();
            return false;
        }
    }

    /**
     * Sends the answer with the effect; null sends it unchanged. {@code answered} receives the code before the answer
     * is sent.
     */
    public void send(HttpExchange exchange, Reply reply, @Nullable Effect effect, IntConsumer answered) {
        if (effect instanceof Effect.Drop) {
            exchange.close();
        } else if (effect instanceof Effect.Hang) {
            if (!after(LONGEST_HANG, exchange::close)) {
                exchange.close();
            }
        } else if (effect instanceof Effect.Huge huge) {
            answered.accept(200);
            quietly(exchange, () -> sendHuge(exchange, huge.bytes()));
        } else if (effect instanceof Effect.Cut) {
            answered.accept(reply.code());
            quietly(exchange, () -> sendHalf(exchange, reply));
        } else if (effect instanceof Effect.Drip drip) {
            answered.accept(reply.code());
            quietly(exchange, () -> startDrip(exchange, reply, drip.gap()));
        } else {
            Reply told = Distortions.of(reply, effect);
            answered.accept(told.code());
            boolean compressed = effect instanceof Effect.Gzip;
            quietly(exchange, () -> sendWhole(exchange, told, compressed));
        }
    }

    private void onWorker(Runnable task) {
        held.decrementAndGet();
        try {
            workers.execute(task);
        } catch (RejectedExecutionException noWorker) {
            task.run();
        }
    }

    private static void sendWhole(HttpExchange exchange, Reply reply, boolean compressed) throws IOException {
        byte[] plain = reply.body().getBytes(StandardCharsets.UTF_8);
        byte[] body = open(exchange, reply, compressed ? Distortions.gzip(plain) : plain);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }

    /**
     * Sends half of the body. Closing early makes the JDK server close the connection, so the announced rest never
     * comes.
     */
    private static void sendHalf(HttpExchange exchange, Reply reply) throws IOException {
        byte[] body = open(exchange, reply);
        if (body.length > 0) {
            OutputStream stream = exchange.getResponseBody();
            stream.write(body, 0, body.length / 2);
            stream.flush();
        }
        exchange.close();
    }

    private void startDrip(HttpExchange exchange, Reply reply, Duration gap) throws IOException {
        drip(exchange, open(exchange, reply), 0, gap);
    }

    private void drip(HttpExchange exchange, byte[] body, int sent, Duration gap) throws IOException {
        if (sent >= body.length) {
            exchange.close();
            return;
        }
        OutputStream stream = exchange.getResponseBody();
        stream.write(body[sent]);
        stream.flush();
        if (!after(gap, () -> quietly(exchange, () -> drip(exchange, body, sent + 1, gap)))) {
            exchange.close();
        }
    }

    private static void sendHuge(HttpExchange exchange, int bytes) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, bytes);
        byte[] chunk = new byte[CHUNK_BYTES];
        Arrays.fill(chunk, (byte) ' ');
        OutputStream stream = exchange.getResponseBody();
        for (int left = bytes; left > 0; left -= CHUNK_BYTES) {
            stream.write(chunk, 0, Math.min(left, CHUNK_BYTES));
        }
        exchange.close();
    }

    private static byte[] open(HttpExchange exchange, Reply reply) throws IOException {
        return open(exchange, reply, reply.body().getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] open(HttpExchange exchange, Reply reply, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", reply.contentType());
        reply.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
            exchange.sendResponseHeaders(reply.code(), NO_BODY);
            return new byte[0];
        }
        exchange.sendResponseHeaders(reply.code(), body.length == 0 ? NO_BODY : body.length);
        return body;
    }

    private interface Sending {
        void run() throws IOException;
    }

    private static void quietly(HttpExchange exchange, Sending sending) {
        try {
            sending.run();
        } catch (IOException clientGone) {
            exchange.close();
        }
    }
}
