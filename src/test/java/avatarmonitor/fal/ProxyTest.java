package avatarmonitor.fal;

import static avatarmonitor.fal.FalFixture.REQUEST;
import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.alert.Channel.Sent;
import avatarmonitor.alert.HttpChannel;
import avatarmonitor.alert.Message;
import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.fal.answer.FalAnswer.Cause;
import avatarmonitor.fal.answer.FalAnswer.InProgress;
import avatarmonitor.fal.answer.FalAnswer.Unavailable;
import avatarmonitor.fal.webhook.WebhookKeys;
import avatarmonitor.http.Egress;
import avatarmonitor.http.NoProxy;
import avatarmonitor.http.Proxy;
import avatarmonitor.testing.ConnectProxy;
import avatarmonitor.testing.LocalCertificate;
import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests through a real CONNECT proxy, to a real https server that only {@code http-client.ca-file} makes trusted.
 */
class ProxyTest {
    private static final URI FAL = URI.create("https://queue.example.com");
    private static final String ESTABLISHED =
            "CONNECT queue.example.com:443 HTTP/1.1 | Host: queue.example.com:443" + " | User-Agent: avatar-monitor";

    @TempDir
    private static Path folder;

    private static LocalCertificate certificate;
    private static List<X509Certificate> authorities;

    private final List<String> headers = new CopyOnWriteArrayList<>();
    private HttpsServer server;
    private ConnectProxy proxy;

    @BeforeAll
    static void certificate() throws Exception {
        certificate = LocalCertificate.in(folder);
        authorities = List.of((X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(certificate.pem().getBytes(StandardCharsets.US_ASCII))));
    }

    @AfterAll
    static void forget() {
        authorities = List.of();
    }

    @BeforeEach
    void start() throws Exception {
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(certificate.context()));
        server.createContext("/", exchange -> {
            exchange.getRequestHeaders().forEach((name, values) -> headers.add(name + ": " + values.get(0)));
            byte[] body = "{\"status\":\"IN_PROGRESS\"}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(202, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        proxy = ConnectProxy.to(server.getAddress());
    }

    @AfterEach
    void stop() {
        proxy.close();
        server.stop(0);
    }

    /** The proxy sees host and port only; the key is sent inside TLS. */
    @Test
    void falIsAskedThroughATunnelThatTheProxyCannotLookInto() {
        try (HttpFalQueue queue = through(proxy("", ""), NoProxy.NONE, Duration.ofSeconds(10))) {
            for (int i = 0; i < 3; i++) {
                assertThat(queue.status(REQUEST)).isEqualTo(new InProgress(null));
            }
        }
        assertThat(proxy.log()).containsExactly(ESTABLISHED);
        assertThat(headers).contains("Authorization: Key " + FalFixture.KEY);
        assertThat(proxy.seen())
                .startsWith("CONNECT ")
                .doesNotContain(FalFixture.KEY, "Authorization", REQUEST.endpoint());
    }

    @Test
    void userAndPasswordGoToTheProxyAlone() {
        try (HttpFalQueue queue = through(proxy("worker", "päss:word"), NoProxy.NONE, Duration.ofSeconds(10))) {
            assertThat(queue.status(REQUEST)).isEqualTo(new InProgress(null));
        }
        // base64 of worker:päss:word in UTF-8
        assertThat(proxy.log()).containsExactly(ESTABLISHED + " | Proxy-Authorization: Basic d29ya2VyOnDDpHNzOndvcmQ=");
        assertThat(headers).noneMatch(header -> header.startsWith("Proxy-"));
        assertThat(proxy("worker", "secret").toString()).isEqualTo("http://***@127.0.0.1:" + proxy.port());
    }

    /** A proxy's own answer must never count as fal's answer about a training or a key. */
    @ParameterizedTest
    @ValueSource(strings = {"401", "403", "404", "407", "410", "429", "502"})
    void refusalOfTheProxyIsNoAnswerOfFal(String code) {
        String body = "{\"detail\":\"Request not found\",\"error_type\":\"NOT_FOUND\"}";
        proxy.refusingWith(
                "HTTP/1.1 " + code + " No\r\nRetry-After: 900\r\nContent-Type: application/json\r\nContent-Length: "
                        + body.length() + "\r\n\r\n" + body);
        try (HttpFalQueue queue = through(proxy("", ""), NoProxy.NONE, Duration.ofSeconds(5))) {
            for (FalAnswer answer : List.of(queue.status(REQUEST), queue.result(REQUEST), queue.cancel(REQUEST))) {
                assertThat(answer)
                        .isInstanceOfSatisfying(
                                Unavailable.class,
                                lost -> assertThat(lost.cause()).isEqualTo(Cause.CONNECTION));
            }
            if (code.equals("407")) {
                assertThat(((Unavailable) queue.status(REQUEST)).detail())
                        .isEqualTo("ProxyRefusedException: the proxy http://127.0.0.1:" + proxy.port()
                                + " opened no tunnel: HTTP 407, it wants another user and password");
            }
        }
        assertThat(headers).isEmpty();
    }

    @Test
    void silentProxyCostsNoMoreThanTheTimeout() {
        proxy.silent();
        try (HttpFalQueue queue = through(proxy("", ""), NoProxy.NONE, Duration.ofSeconds(1))) {
            long started = System.nanoTime();
            assertThat(queue.status(REQUEST))
                    .isInstanceOfSatisfying(
                            Unavailable.class,
                            answer -> assertThat(answer.cause()).isEqualTo(Cause.TIMEOUT));
            assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void endlessRefusalIsBounded() {
        proxy.refusingWith("HTTP/1.1 403 No\r\n\r\n" + "x".repeat(4 * 1024 * 1024));
        try (HttpFalQueue queue = through(proxy("", ""), NoProxy.NONE, Duration.ofSeconds(2))) {
            assertThat(queue.status(REQUEST)).isInstanceOf(Unavailable.class);
        }
        proxy.refusingWith("HTTP/1.1 403 No\r\n" + "X: y\r\n".repeat(200) + "\r\n");
        try (HttpFalQueue queue = through(proxy("", ""), NoProxy.NONE, Duration.ofSeconds(2))) {
            assertThat(queue.status(REQUEST))
                    .isInstanceOfSatisfying(
                            Unavailable.class,
                            answer -> assertThat(answer.cause()).isEqualTo(Cause.TOO_LARGE));
        }
    }

    @Test
    void exceptedHostIsReachedDirectly() {
        URI direct = URI.create("https://localhost:" + server.getAddress().getPort());
        try (HttpFalQueue excepted = through(proxy("", ""), NoProxy.parse(".example.com"), Duration.ofSeconds(5));
                HttpFalQueue local = new HttpFalQueue(
                        FalFixture.config(direct, Duration.ofSeconds(5)),
                        new Egress(proxy("", ""), NoProxy.NONE, authorities),
                        1,
                        new SettableClock())) {
            assertThat(local.status(REQUEST)).isEqualTo(new InProgress(null));
            assertThat(excepted.status(REQUEST)).isInstanceOf(Unavailable.class);
        }
        assertThat(proxy.log()).isEmpty();
    }

    @Test
    void plainHttpNeverGoesThroughAProxy() {
        try (CannedFal fal = new CannedFal();
                HttpFalQueue queue = new HttpFalQueue(
                        FalFixture.config(fal.url(), Duration.ofSeconds(5)),
                        new Egress(proxy("", ""), NoProxy.NONE, List.of()),
                        1,
                        new SettableClock())) {
            fal.answersWith(202, "{\"status\":\"IN_PROGRESS\"}");
            assertThat(queue.status(REQUEST)).isEqualTo(new InProgress(null));
        }
        assertThat(proxy.log()).isEmpty();
    }

    @Test
    void unknownAuthorityIsRefusedAlsoBehindAProxy() {
        try (HttpFalQueue queue = new HttpFalQueue(
                FalFixture.config(FAL, Duration.ofSeconds(5)),
                new Egress(proxy("", ""), NoProxy.NONE, List.of()),
                1,
                new SettableClock())) {
            assertThat(queue.status(REQUEST))
                    .isInstanceOfSatisfying(
                            Unavailable.class,
                            answer -> assertThat(answer.cause()).isEqualTo(Cause.CONNECTION));
        }
        assertThat(headers).isEmpty();
        assertThat(proxy.seen()).doesNotContain(FalFixture.KEY);
    }

    @Test
    void alertsAndKeysOfWebhooksGoThroughItToo() {
        Egress egress = new Egress(proxy("", ""), NoProxy.NONE, authorities);
        Instant now = Instant.parse("2026-11-29T12:00:00Z");
        try (HttpChannel channel = new HttpChannel(
                        HttpChannel.CALLBACK,
                        URI.create("https://app.example.com:8443/ended"),
                        "secret",
                        1,
                        Duration.ofSeconds(10),
                        egress,
                        InstantSource.fixed(now));
                WebhookKeys keys = WebhookKeys.of(
                        URI.create("https://rest.example.com/.well-known/jwks.json"), egress, new SettableClock())) {
            assertThat(channel.send(new Message(UUID.randomUUID(), new JsonObject())))
                    .isInstanceOf(Sent.Delivered.class);
            assertThat(keys.current()).isEmpty();
        }
        assertThat(proxy.log())
                .extracting(line -> line.substring(0, line.indexOf(" HTTP")))
                .containsExactly("CONNECT app.example.com:8443", "CONNECT rest.example.com:443");
    }

    private Proxy proxy(String user, String password) {
        return new Proxy("127.0.0.1", proxy.port(), user, password);
    }

    private static HttpFalQueue through(Proxy proxy, NoProxy except, Duration limit) {
        return new HttpFalQueue(
                FalFixture.config(FAL, limit), new Egress(proxy, except, authorities), 2, new SettableClock());
    }
}
