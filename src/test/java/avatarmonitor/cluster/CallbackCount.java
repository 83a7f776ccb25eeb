package avatarmonitor.cluster;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Receiver of callbacks that counts instead of keeping them, for hundreds of thousands. */
final class CallbackCount implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(8);

    /** Message ids by avatar. */
    private final Map<String, Set<String>> messages = new ConcurrentHashMap<>();

    private final AtomicInteger repeated = new AtomicInteger();

    CallbackCount() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        var unused = server.createContext("/", this::receive);
        server.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/ended");
    }

    private void receive(HttpExchange exchange) throws IOException {
        String id = exchange.getRequestHeaders().getFirst("X-Avatar-Monitor-Id");
        String text = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        JsonObject body = JsonParser.parseString(text).getAsJsonObject();
        Set<String> ids =
                messages.computeIfAbsent(body.get("avatar_id").getAsString(), any -> ConcurrentHashMap.newKeySet());
        if (!ids.add(String.valueOf(id))) {
            repeated.incrementAndGet();
        }
        exchange.sendResponseHeaders(200, -1);
        exchange.close();
    }

    /** Number of different messages about this avatar. */
    int about(String avatar) {
        return messages.getOrDefault(avatar, Set.of()).size();
    }

    int avatars() {
        return messages.size();
    }

    /** Deliveries of a message that had arrived before, as at-least-once delivery allows after a crash. */
    int repeated() {
        return repeated.get();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdown();
    }
}
