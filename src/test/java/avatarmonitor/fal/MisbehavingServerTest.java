package avatarmonitor.fal;

import static avatarmonitor.fal.FalFixture.REQUEST;
import static avatarmonitor.fal.RawServer.readHead;
import static avatarmonitor.fal.RawServer.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.fal.answer.FalAnswer.Cause;
import avatarmonitor.fal.answer.FalAnswer.Held;
import avatarmonitor.fal.answer.FalAnswer.InProgress;
import avatarmonitor.fal.answer.FalAnswer.Unavailable;
import avatarmonitor.http.Egress;
import avatarmonitor.testing.Background;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Servers that violate HTTP, or comply and never finish: there is always an answer within the limit. */
class MisbehavingServerTest {
    private static final Duration LIMIT = Duration.ofMillis(800);
    /** Allowance for a loaded machine. */
    private static final Duration SLACK = Duration.ofSeconds(8);

    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
    private static final String BODY = "{\"status\":\"IN_PROGRESS\"}";
    private static final String LONG = "x".repeat(10_000);

    @Test
    void drippedHeaderEndsAtTheLimit() throws Exception {
        assertCause(Cause.TIMEOUT, (socket, server) -> server.drip(socket, "HTTP/1.1 200 OK\r\nX-A: " + LONG));
    }

    @Test
    void drippedBodyEndsAtTheLimit() throws Exception {
        assertCause(Cause.TIMEOUT, (socket, server) -> {
            write(socket, OK + "Content-Length: 10000\r\n\r\n");
            server.drip(socket, LONG);
        });
    }

    @Test
    void drippedChunksEndAtTheLimit() throws Exception {
        assertCause(Cause.TIMEOUT, (socket, server) -> {
            write(socket, OK + "Transfer-Encoding: chunked\r\n\r\n");
            server.drip(socket, "1\r\nx\r\n".repeat(2_000));
        });
    }

    @Test
    void endlessInterimResponsesEndAtTheLimit() throws Exception {
        assertCause(Cause.TIMEOUT, (socket, server) -> {
            while (!socket.isClosed()) {
                write(socket, "HTTP/1.1 103 Early Hints\r\n\r\n");
            }
        });
    }

    @Test
    void silenceAfterTheRequestEndsAtTheLimit() throws Exception {
        assertCause(Cause.TIMEOUT, (socket, server) -> server.stall());
    }

    @Test
    void silenceInTheMiddleOfTheBodyEndsAtTheLimit() throws Exception {
        assertCause(Cause.TIMEOUT, (socket, server) -> {
            write(socket, OK + "Content-Length: 100\r\n\r\n{");
            server.stall();
        });
    }

    @Test
    void connectionThatIsNeverAcceptedEndsAtTheLimit() throws Exception {
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            // The connections fill the backlog, since none is accepted; further ones hang in connect.
            Socket[] taken = new Socket[16];
            for (int i = 0; i < taken.length; i++) {
                taken[i] = new Socket();
                Socket socket = taken[i];
                CompletableFuture<Void> connected = Background.run(() -> {
                    try {
                        socket.connect(full.getLocalSocketAddress(), 200);
                    } catch (java.io.IOException alreadyFull) {
                        assertThat(socket.isConnected()).isFalse();
                    }
                });
                connected.join();
            }
            assertInTime(URI.create("http://127.0.0.1:" + full.getLocalPort()), Cause.TIMEOUT);
            for (Socket socket : taken) {
                socket.close();
            }
        }
    }

    @Test
    void stalledTlsHandshakeEndsAtTheLimit() throws Exception {
        try (RawServer server = new RawServer((socket, self) -> self.stall())) {
            assertInTime(URI.create("https://127.0.0.1:" + server.url().getPort()), Cause.TIMEOUT);
        }
    }

    @Test
    void plainTextInsteadOfTlsIsConnectionTrouble() throws Exception {
        try (RawServer server = new RawServer((socket, self) -> write(socket, OK + "\r\n"))) {
            assertInTime(URI.create("https://127.0.0.1:" + server.url().getPort()), Cause.CONNECTION);
        }
    }

    @Test
    void refusedConnectionIsConnectionTrouble() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        assertInTime(URI.create("http://127.0.0.1:" + port), Cause.CONNECTION);
    }

    @Test
    void unknownHostIsConnectionTrouble() {
        assertInTime(URI.create("https://no-such-host.invalid"), Cause.CONNECTION);
    }

    @Test
    void cutInTheMiddleOfTheBodyIsConnectionTrouble() throws Exception {
        assertCause(Cause.CONNECTION, (socket, server) -> write(socket, OK + "Content-Length: 100\r\n\r\n" + BODY));
    }

    @Test
    void cutInTheMiddleOfAChunkIsConnectionTrouble() throws Exception {
        assertCause(
                Cause.CONNECTION,
                (socket, server) -> write(socket, OK + "Transfer-Encoding: chunked\r\n\r\n64\r\n" + BODY));
    }

    @Test
    void cutBeforeAnyByteIsConnectionTrouble() throws Exception {
        assertCause(Cause.CONNECTION, (socket, server) -> socket.setSoLinger(true, 0));
    }

    @Test
    void bodyAnnouncedTooLargeIsNotRead() throws Exception {
        assertCause(Cause.TOO_LARGE, (socket, server) -> {
            write(socket, OK + "Content-Length: 99999999999\r\n\r\n");
            server.stall();
        });
    }

    @Test
    void endlessBodyIsCutAtTheCap() throws Exception {
        assertCause(Cause.TOO_LARGE, (socket, server) -> {
            write(socket, OK + "\r\n");
            while (!socket.isClosed()) {
                write(socket, LONG);
            }
        });
    }

    @Test
    void endlessChunksAreCutAtTheCap() throws Exception {
        assertCause(Cause.TOO_LARGE, (socket, server) -> {
            write(socket, OK + "Transfer-Encoding: chunked\r\n\r\n");
            while (!socket.isClosed()) {
                write(socket, "2710\r\n" + LONG + "\r\n");
            }
        });
    }

    @Test
    void endlessHeaderLinesAreTooLarge() throws Exception {
        assertCause(Cause.TOO_LARGE, (socket, server) -> {
            write(socket, OK);
            while (!socket.isClosed()) {
                write(socket, "X-More: yes\r\n");
            }
        });
    }

    @Test
    void endlessHeaderLineIsTooLarge() throws Exception {
        assertCause(Cause.TOO_LARGE, (socket, server) -> {
            write(socket, OK + "X-Long: ");
            while (!socket.isClosed()) {
                write(socket, LONG);
            }
        });
    }

    @Test
    void badChunkSizeIsMalformed() throws Exception {
        assertCause(
                Cause.MALFORMED,
                (socket, server) -> write(socket, OK + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"));
    }

    @Test
    void whatIsNoHttpIsMalformed() throws Exception {
        assertCause(Cause.MALFORMED, (socket, server) -> write(socket, "SSH-2.0-OpenSSH_9.2\r\n".repeat(200)));
    }

    @Test
    void bodyThatEndsWithTheConnectionIsUnderstood() throws Exception {
        try (RawServer server = answering((socket, self) -> write(socket, OK + "\r\n" + BODY));
                HttpFalQueue queue = FalFixture.http(server.url())) {
            assertThat(queue.status(REQUEST)).isEqualTo(new InProgress(null));
        }
    }

    @Test
    void resultThatMayHaveBeenCutIsNoVerdictOnTheTraining() throws Exception {
        try (RawServer server = answering((socket, self) -> write(socket, OK + "\r\n{\"diffusers_lora_fi"));
                HttpFalQueue queue = FalFixture.http(server.url())) {
            assertThat(queue.result(REQUEST))
                    .isInstanceOfSatisfying(
                            Unavailable.class,
                            answer -> assertThat(answer.cause()).isEqualTo(Cause.MALFORMED));
        }
    }

    @Test
    void closingEndsQuestionsUnderWayAtOnce() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        try (RawServer server = answering((socket, self) -> {
            asked.countDown();
            self.stall();
        })) {
            HttpFalQueue queue = FalFixture.http(server.url(), Duration.ofMinutes(1));
            CompletableFuture<FalAnswer> answer = Background.supply(() -> queue.status(REQUEST));
            assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();

            queue.close();

            assertThat(answer.get(30, TimeUnit.SECONDS)).isInstanceOf(Held.class);
            await().until(MisbehavingServerTest::noThreadIsLeft);
        }
    }

    @Test
    void moreQuestionsThanConnectionsAreHeld() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        try (RawServer server = answering((socket, self) -> {
                    asked.countDown();
                    self.stall();
                });
                HttpFalQueue queue = new HttpFalQueue(
                        FalFixture.config(server.url(), Duration.ofSeconds(3)),
                        Egress.DIRECT,
                        1,
                        new SettableClock())) {
            CompletableFuture<FalAnswer> first = Background.supply(() -> queue.status(REQUEST));
            assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();

            assertThat(queue.status(REQUEST)).isInstanceOf(Held.class);
            assertThat(first.get(60, TimeUnit.SECONDS)).isInstanceOf(Unavailable.class);
        }
    }

    private static void assertCause(Cause cause, RawServer.Script script) throws Exception {
        try (RawServer server = answering(script)) {
            assertInTime(server.url(), cause);
        }
    }

    private static RawServer answering(RawServer.Script script) {
        return new RawServer((socket, self) -> {
            readHead(socket);
            script.run(socket, self);
        });
    }

    private static void assertInTime(URI url, Cause cause) {
        // Other causes than the limit must not meet it on a busy machine.
        Duration limit = cause == Cause.TIMEOUT ? LIMIT : Duration.ofSeconds(30);
        try (HttpFalQueue queue = FalFixture.http(url, limit)) {
            long started = System.nanoTime();
            FalAnswer answer = queue.status(REQUEST);
            Duration took = Duration.ofNanos(System.nanoTime() - started);

            assertThat(answer)
                    .isInstanceOfSatisfying(
                            Unavailable.class,
                            trouble -> assertThat(trouble.cause())
                                    .as(trouble.detail())
                                    .isEqualTo(cause));
            assertThat(took).isLessThan(limit.plus(SLACK));
        }
    }

    private static boolean noThreadIsLeft() {
        return Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("fal-deadline"));
    }
}
