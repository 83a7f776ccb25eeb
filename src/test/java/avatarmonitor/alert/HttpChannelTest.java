package avatarmonitor.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.alert.Channel.Sent;
import avatarmonitor.http.Egress;
import avatarmonitor.testing.Background;
import avatarmonitor.testing.Receiver;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class HttpChannelTest {
    private static final Instant NOW = Instant.parse("2026-11-23T08:00:00Z");
    private static final Duration LONG = Duration.ofSeconds(20);

    @AutoClose
    private final Receiver receiver = new Receiver();

    private final Message message = message();

    @Test
    void messageArrivesSignedWithItsIdAndTime() {
        try (HttpChannel channel = channel(receiver.url(), LONG)) {
            assertThat(channel.send(message)).isEqualTo(new Sent.Delivered());
        }
        Receiver.Received received = receiver.received().get(0);
        assertThat(received.id()).isEqualTo(message.id().toString());
        assertThat(received.timestamp()).isEqualTo("1795420800");
        assertThat(received.signed()).isTrue();
        assertThat(received.text("text")).isEqualTo("Grüße");
    }

    @Test
    void receiverThatAnswersAnythingButSuccessDoesNotHaveIt() {
        try (HttpChannel channel = channel(receiver.url(), LONG)) {
            for (int code : new int[] {302, 400, 404, 410, 500}) {
                receiver.answer(code);
                assertThat(channel.send(message)).isEqualTo(new Sent.Refused("HTTP " + code));
            }
            receiver.answer(503);
            assertThat(channel.send(message)).isEqualTo(new Sent.Unreachable("HTTP 503"));
        }
        assertThat(receiver.received())
                .as("no redirect followed, nothing repeated")
                .hasSize(6);
    }

    @Test
    void receiverThatIsNotThereIsUnreachableAndItsUrlNotRepeated() {
        URI nobody = receiver.url();
        receiver.close();
        try (HttpChannel channel = channel(nobody, LONG)) {
            assertThat(channel.send(message)).isEqualTo(new Sent.Unreachable("HttpHostConnectException"));
        }
    }

    /** A slow response that keeps resetting the socket timeout is cut off by the overall limit. */
    @Test
    void answerThatTricklesIsCutOff() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> served = Background.run(() -> trickle(server));
            long started = System.nanoTime();
            try (HttpChannel channel = channel(url(server), Duration.ofSeconds(1))) {
                assertThat(channel.send(message)).isEqualTo(new Sent.Unreachable("no whole answer in time"));
            }
            assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(10));
            served.get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void answerWithoutEndIsNotRead() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> served = Background.run(() -> flood(server));
            try (HttpChannel channel = channel(url(server), LONG)) {
                assertThat(channel.send(message)).isEqualTo(new Sent.Delivered());
            }
            served.get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void successWhoseBodyBreaksOffIsSuccess() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> served = Background.run(() -> breakOff(server));
            try (HttpChannel channel = channel(url(server), LONG)) {
                assertThat(channel.send(message)).isEqualTo(new Sent.Delivered());
            }
            served.get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void closingCutsWhatIsUnderWay() throws Exception {
        receiver.hold(true);
        HttpChannel channel = channel(receiver.url(), LONG);
        CompletableFuture<Sent> sending = Background.supply(() -> channel.send(message));
        await().until(() -> !receiver.received().isEmpty());
        channel.close();
        assertThat(sending.get(60, TimeUnit.SECONDS)).isEqualTo(new Sent.Stopped());
    }

    private static HttpChannel channel(URI url, Duration limit) {
        return new HttpChannel(
                HttpChannel.WEBHOOK, url, Receiver.SECRET, 1, limit, Egress.DIRECT, InstantSource.fixed(NOW));
    }

    private static URI url(ServerSocket server) {
        return URI.create("http://127.0.0.1:" + server.getLocalPort() + "/");
    }

    private static Message message() {
        JsonObject body = new JsonObject();
        body.addProperty("text", "Grüße");
        return new Message(UUID.randomUUID(), body);
    }

    private static void breakOff(ServerSocket server) {
        try (Socket socket = server.accept()) {
            // Reads the whole request, so that closing does not send a reset.
            socket.getInputStream().read(new byte[16_384]);
            socket.getOutputStream()
                    .write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nok".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException cut) {
            throw new AssertionError(cut);
        }
    }

    private static void trickle(ServerSocket server) {
        try (Socket socket = server.accept()) {
            socket.getOutputStream().write("HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.US_ASCII));
            socket.setSoTimeout(50);
            byte[] one = {'X'};
            while (socket.isConnected()) {
                socket.getOutputStream().write(one);
                if (isClosed(socket)) {
                    return;
                }
            }
        } catch (IOException cut) {
            assertThat(cut).isNotNull();
        }
    }

    /** Waits up to the socket timeout for the end of the stream. */
    private static boolean isClosed(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException open) {
            return false;
        }
    }

    private static void flood(ServerSocket server) {
        try (Socket socket = server.accept()) {
            OutputStream out = socket.getOutputStream();
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            byte[] block = new byte[64 * 1024];
            for (int i = 0; i < 100_000; i++) {
                out.write(block);
            }
            throw new IllegalStateException("all of it was read");
        } catch (IOException cut) {
            assertThat(cut).isNotNull();
        }
    }
}
