package avatarmonitor.web;

import static avatarmonitor.testing.TestDatabase.H2;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.testing.Background;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Malicious clients on real sockets: they get no data, and other clients are served meanwhile. */
class AttackTest {
    private static final String ID = "0198a1b2-0000-7000-8000-000000000001";

    /** Far more than a normal call takes, far less than the slow clients would take. */
    private static final Duration HEALTHY_MAX = Duration.ofSeconds(8);

    /** Less than the 30 s after which any silent connection is closed. */
    private static final Duration CLOSED_MAX = Duration.ofSeconds(25);

    /** One server for all tests: the remains of one attack must not affect the next test either. */
    @AutoClose
    private static final HttpSite site = HttpSite.on(H2);

    private final List<RawClient> attackers = new ArrayList<>();

    @AfterEach
    void attackersLeave() {
        attackers.forEach(RawClient::close);
        site.asked.clear();
    }

    @Test
    void thoseWhoDripTheirHeadersLoseTheirConnectionAndHoldNobodyUp() {
        attack(300, i -> "GET /api/v1/overview HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ");

        othersAreAnsweredWhileTheseDrip();
    }

    @Test
    void thoseWhoDripTheirBodiesDoToo() {
        attack(300, i -> post("/api/v1/avatars/" + ID + "/check") + "Content-Length: 4000\r\n\r\n{");

        othersAreAnsweredWhileTheseDrip();
        assertThat(site.asked).isEmpty();
    }

    private void othersAreAnsweredWhileTheseDrip() {
        List<RawClient> open = new ArrayList<>(attackers);
        await().atMost(CLOSED_MAX).pollInterval(Duration.ofMillis(100)).until(() -> {
            healthy("/api/v1/overview");
            open.removeIf(client -> !client.takes('a'));
            return open.isEmpty();
        });
    }

    @Test
    void thousandIdleConnectionsHoldNobodyUp() {
        attack(1_000, i -> "");

        for (int i = 0; i < 5; i++) {
            healthy("/api/v1/overview");
        }
        // One of them may still start a request.
        attackers.get(999).send("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assertThat(attackers.get(999).rest(HEALTHY_MAX)).startsWith("HTTP/1.1 200");
    }

    @Test
    void whoTakesNoAnswerLosesTheConnection() {
        site.fillLargeAnswer();
        attack(1, i -> HttpSite.LARGE_ANSWER.repeat(400));

        await().atMost(CLOSED_MAX).until(() -> {
            healthy("/healthz");
            return closedByServer(attackers.get(0));
        });
    }

    /** It reads nothing, so only a write shows that the connection is closed. */
    private static boolean closedByServer(RawClient client) {
        try {
            client.send("G");
            return false;
        } catch (UncheckedIOException closed) {
            return true;
        }
    }

    @Test
    void bodyThatSaysItIsTooLargeIsNotRead() {
        RawClient client =
                site.raw().send(post("/api/v1/avatars/" + ID + "/check") + "Content-Length: 10485760\r\n\r\n");

        assertThat(client.rest(HEALTHY_MAX)).startsWith("HTTP/1.1 413").contains("\"status\":413");
        client.close();
    }

    @Test
    void bodyThatNeverEndsIsCutOff() {
        RawClient client =
                site.raw().send(post("/api/v1/avatars/" + ID + "/check") + "Transfer-Encoding: chunked\r\n\r\n");
        String chunk = "4000\r\n" + "x".repeat(0x4000) + "\r\n";
        CompletableFuture<Void> sending = Background.run(() -> {
            for (int i = 0; i < 640; i++) {
                client.send(chunk);
            }
        });

        assertThat(client.rest(CLOSED_MAX)).startsWith("HTTP/1.1 413");
        assertThat(sending).failsWithin(CLOSED_MAX).withThrowableThat().withMessageContaining("UncheckedIOException");
        healthy("/api/v1/overview");
        assertThat(site.asked).isEmpty();
        client.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "[]", "{\"a\":1}", "nul", "\u0000", "{\"a\":{\"a\":{\"a\":"})
    void bodyThatIsNotEmptyJsonIsRefused(String body) {
        HttpResponse<String> answer = site.send(site.to("/api/v1/avatars/" + ID + "/monitor")
                .header("Authorization", "Bearer " + HttpSite.TOKEN)
                .POST(HttpRequest.BodyPublishers.ofString(body)));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("Bad body").doesNotContain("Exception");
        assertThat(site.asked).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /../logback.xml HTTP/1.1",
                "GET /%2e%2e/logback.xml HTTP/1.1",
                "GET /..%2flogback.xml HTTP/1.1",
                "GET /..%5clogback.xml HTTP/1.1",
                "GET /vendor/../../logback.xml HTTP/1.1",
                "GET //logback.xml HTTP/1.1",
                "GET /index.html%00.js HTTP/1.1",
                "GET /index.html;x=/../../logback.xml HTTP/1.1",
                "GET /%c0%ae%c0%ae/logback.xml HTTP/1.1",
                "GET http://example.com/../logback.xml HTTP/1.1",
                "GET file:///etc/passwd HTTP/1.1",
                "GET /api/v1/avatars/%2e%2e HTTP/1.1",
                "TRACE / HTTP/1.1",
                "CONNECT example.com:443 HTTP/1.1",
                "OPTIONS * HTTP/1.1",
                "PRI * HTTP/2.0",
                "GET / HTTP/9.9",
                "GET /",
                "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001",
                "GET / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked",
                "GET / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6",
                "GET / HTTP/1.1\r\nHost: a\r\nHost: b",
                "GET / HTTP/1.1\r\nX: a\u0000b",
                "GET / HTTP/1.1\r\n X: folded",
                "GET /api/v1/overview HTTP/1.1\r\nX-Host: 127.0.0.1"
            })
    void trickBringsNothingOut(String request) {
        try (RawClient client = site.raw().send(request + "\r\nHost: evil.example.com\r\nConnection: close\r\n\r\n")) {
            String answer = client.rest(HEALTHY_MAX);
            assertThat(answer.isEmpty() || answer.matches("(?s)HTTP/1\\.[01] (4\\d\\d|505|501) .*"))
                    .as(answer)
                    .isTrue();
            assertThat(answer.toLowerCase(Locale.ROOT))
                    .doesNotContain("appender", "root:", "exception", "jetty", "at org.", "<html");
        }
    }

    @Test
    void overlongHeadersAreRefused() {
        try (RawClient client = site.raw().send("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: " + "a".repeat(20_000))) {
            assertThat(client.rest(HEALTHY_MAX)).startsWith("HTTP/1.1 431");
        }
        healthy("/healthz");
    }

    @Test
    void streamsAreFewAndOthersAreAnsweredBesideThem() {
        for (int i = 0; i < EventStream.STREAMS_MAX; i++) {
            RawClient stream = site.raw().send("GET /api/v1/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
            attackers.add(stream);
            stream.until("event: overview");
        }

        try (RawClient oneMore = site.raw().send("GET /api/v1/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")) {
            assertThat(oneMore.until("\r\n\r\n")).startsWith("HTTP/1.1 503").contains("Retry-After");
        }
        healthy("/api/v1/overview");
        attackers.remove(0).close();
        await().atMost(CLOSED_MAX).until(() -> {
            try (RawClient next = site.raw().send("GET /api/v1/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")) {
                return next.until("\r\n").contains("200");
            }
        });
    }

    @Test
    void actionsThatWaitForFalHoldNoReaderUpAndTheirQueueIsShort() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> actions = new ArrayList<>();
        for (int i = 0; i < 80; i++) {
            actions.add(site.client()
                    .sendAsync(
                            site.to("/api/v1/avatars/" + ID + "/check")
                                    .header("Authorization", "Bearer " + HttpSite.TOKEN)
                                    .POST(HttpRequest.BodyPublishers.noBody())
                                    .build(),
                            HttpResponse.BodyHandlers.ofString()));
        }
        assertThat(site.checking.await(60, TimeUnit.SECONDS)).isTrue();

        healthy("/api/v1/overview");
        await().atMost(CLOSED_MAX)
                .until(() -> actions.stream().filter(CompletableFuture::isDone).count() == 14);
        assertThat(actions.stream().filter(CompletableFuture::isDone))
                .allSatisfy(refused -> assertThat(refused.join().statusCode()).isEqualTo(503));
        site.held.countDown();
        assertThat(CompletableFuture.allOf(actions.toArray(CompletableFuture<?>[]::new)))
                .succeedsWithin(CLOSED_MAX);
        assertThat(site.asked).hasSize(66);
    }

    private void attack(int clients, IntFunction<String> opening) {
        for (int i = 0; i < clients; i++) {
            attackers.add(site.raw().send(opening.apply(i)));
        }
    }

    private void healthy(String path) {
        long started = System.nanoTime();
        assertThat(site.get(path).statusCode()).isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(HEALTHY_MAX);
    }

    private static String post(String path) {
        return "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + HttpSite.TOKEN + "\r\n";
    }
}
