package avatarmonitor.fal;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** Real HTTP server with canned responses, which records requests. */
public final class CannedFal implements AutoCloseable {
    private static final int NO_BODY = -1;

    public final Queue<String> requests = new ConcurrentLinkedQueue<>();
    final Queue<String> keys = new ConcurrentLinkedQueue<>();
    final Queue<String> encodings = new ConcurrentLinkedQueue<>();
    private final HttpServer server;
    private volatile @Nullable Response toGet;
    private volatile Response response = new Response(404, Map.of(), "{\"status\":\"NOT_FOUND\"}");

    @SuppressWarnings("ArrayRecordComponent") // nobody compares responses
    record Response(int code, Map<String, String> headers, byte[] body) {
        Response(int code, Map<String, String> headers, String body) {
            this(code, headers, body.getBytes(StandardCharsets.UTF_8));
        }
    }

    public CannedFal() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        server.createContext("/", this::answer);
        server.start();
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    public void answersWith(int code, String body) {
        response = new Response(code, Map.of("Content-Type", "application/json"), body);
    }

    public void answersWith(int code, Map<String, String> headers, String body) {
        response = new Response(code, headers, body);
    }

    public void answersWith(int code, Map<String, String> headers, byte[] body) {
        response = new Response(code, headers, body);
    }

    /** Sets a response to GET requests only. */
    public void answersGetWith(int code, String body) {
        toGet = new Response(code, Map.of(), body);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String range = exchange.getRequestHeaders().getFirst("Range");
            requests.add(
                    exchange.getRequestMethod() + " " + exchange.getRequestURI() + (range == null ? "" : " " + range));
            String key = exchange.getRequestHeaders().getFirst("Authorization");
            keys.add(key == null ? "" : key);
            encodings.add(String.valueOf(exchange.getRequestHeaders().getFirst("Accept-Encoding")));
            Response get = toGet;
            Response told = get == null || !exchange.getRequestMethod().equals("GET") ? response : get;
            byte[] body = told.body;
            told.headers.forEach(exchange.getResponseHeaders()::set);
            exchange.sendResponseHeaders(told.code, body.length == 0 ? NO_BODY : body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
