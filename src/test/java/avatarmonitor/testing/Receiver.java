package avatarmonitor.testing;

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
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HTTP server that receives messages. It verifies them by docs/alerts.md, independently of the signing code. */
public final class Receiver implements AutoCloseable {
    /** A token in the path, as in a Slack webhook. */
    public static final String TOKEN = "T0k3n-of-the-url";

    public static final String SECRET = "s3cret-of-the-receiver";

    /** One received request; {@code answered} when the answer was 200. */
    public record Received(String id, String timestamp, String signature, String body, boolean answered) {
        public JsonObject json() {
            return JsonParser.parseString(body).getAsJsonObject();
        }

        public String text(String member) {
            return json().get(member).getAsString();
        }

        /** Returns whether it is about an ended training, and not an alert. */
        public boolean isCallback() {
            return json().has("avatar_id");
        }

        /** Returns whether the signature is valid by docs/alerts.md. */
        public boolean signed() {
            try {
                Mac mac = Mac.getInstance("HmacSHA256");
                mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
                byte[] expected = mac.doFinal((timestamp + "." + body).getBytes(StandardCharsets.UTF_8));
                return signature.equals("sha256=" + HexFormat.of().formatHex(expected));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private volatile int code = 200;
    private volatile boolean holding;

    public Receiver() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        var unused = server.createContext("/", this::receive);
        server.start();
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/" + TOKEN);
    }

    /** Answers with this code from now on. */
    public void answer(int status) {
        code = status;
    }

    /** Sets whether requests get no answer from now on. */
    public void hold(boolean held) {
        holding = held;
    }

    /** All requests in the order of arrival. */
    public List<Received> received() {
        return received;
    }

    /** Requests that were answered with success. */
    public List<Received> taken() {
        return received.stream().filter(Received::answered).toList();
    }

    private void receive(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        boolean held = holding;
        int status = code;
        received.add(new Received(
                header(exchange, "Id"),
                header(exchange, "Timestamp"),
                header(exchange, "Signature"),
                body,
                !held && status == 200));
        if (held) {
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        exchange.getResponseHeaders().set("Location", url() + "/elsewhere");
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    private static String header(HttpExchange exchange, String name) {
        String value = exchange.getRequestHeaders().getFirst("X-Avatar-Monitor-" + name);
        return value == null ? "" : value;
    }

    @Override
    public void close() {
        end.countDown();
        server.stop(0);
        threads.shutdown();
    }
}
