package avatarmonitor.emulator;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/** Receives webhooks and verifies them by docs/fal-contract.md section 4, independently of the signing code. */
final class WebhookReceiver implements AutoCloseable {

    /** One received webhook. */
    record Received(Headers headers, String body) {
        JsonObject json() {
            return JsonParser.parseString(body).getAsJsonObject();
        }

        String header(String name) {
            String value = headers.getFirst("X-Fal-Webhook-" + name);
            return value == null ? "" : value;
        }

        /** Returns whether any key of this JWKS made the signature. */
        boolean signedBy(JsonObject jwks) throws GeneralSecurityException {
            boolean signed = false;
            for (var key : jwks.getAsJsonArray("keys")) {
                signed |= signedBy(key.getAsJsonObject().get("x").getAsString());
            }
            return signed;
        }

        private boolean signedBy(String x) throws GeneralSecurityException {
            String digest = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(body.getBytes(StandardCharsets.UTF_8)));
            String message =
                    header("Request-Id") + "\n" + header("User-Id") + "\n" + header("Timestamp") + "\n" + digest;
            byte[] encoded = HexFormat.of()
                    .parseHex("302a300506032b6570032100"
                            + HexFormat.of().formatHex(Base64.getUrlDecoder().decode(x)));
            Signature signature = Signature.getInstance("Ed25519");
            signature.initVerify(KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded)));
            signature.update(message.getBytes(StandardCharsets.UTF_8));
            byte[] given = new BigInteger("1" + header("Signature"), 16).toByteArray();
            return signature.verify(Arrays.copyOfRange(given, 1, given.length));
        }
    }

    private final HttpServer server;
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final Queue<Integer> codes = new ConcurrentLinkedQueue<>();

    WebhookReceiver() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        var unused = server.createContext("/", this::receive);
        server.start();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/hook?token=t");
    }

    /** Returns these status codes first and 200 afterwards. */
    void answer(Integer... first) {
        codes.addAll(List.of(first));
    }

    List<Received> received() {
        return received;
    }

    private void receive(HttpExchange exchange) throws IOException {
        received.add(new Received(
                exchange.getRequestHeaders(),
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
        Integer code = codes.poll();
        exchange.getResponseHeaders().set("Location", uri().toString());
        exchange.sendResponseHeaders(code == null ? 200 : code, -1);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
