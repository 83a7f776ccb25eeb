package avatarmonitor.fal;

import static avatarmonitor.fal.FalFixture.REQUEST;
import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.fal.answer.FalAnswer.Cause;
import avatarmonitor.fal.answer.FalAnswer.InProgress;
import avatarmonitor.fal.answer.FalAnswer.Unavailable;
import avatarmonitor.testing.LocalCertificate;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests over https: a trusted certificate works, any other one is rejected before the key is sent. */
class TlsTest {
    private static final String TRUST_STORE = "javax.net.ssl.trustStore";

    @TempDir
    private Path folder;

    private LocalCertificate certificate;
    private HttpsServer server;

    @BeforeEach
    void start() throws Exception {
        certificate = LocalCertificate.in(folder);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(certificate.context()));
        server.createContext("/", exchange -> {
            byte[] body = "{\"status\":\"IN_PROGRESS\"}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(202, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        System.clearProperty(TRUST_STORE);
        server.stop(0);
    }

    @Test
    void trustedCertificateWorksOverAndOver() {
        System.setProperty(TRUST_STORE, certificate.store().toString());
        System.setProperty(TRUST_STORE + "Password", LocalCertificate.PASSWORD);
        try (HttpFalQueue queue = FalFixture.http(url("localhost"))) {
            for (int i = 0; i < 3; i++) {
                assertThat(queue.status(REQUEST)).isEqualTo(new InProgress(null));
            }
        } finally {
            System.clearProperty(TRUST_STORE + "Password");
        }
    }

    @Test
    void unknownCertificateIsConnectionTrouble() {
        try (HttpFalQueue queue = FalFixture.http(url("localhost"))) {
            assertThat(queue.status(REQUEST))
                    .isInstanceOfSatisfying(
                            Unavailable.class,
                            answer -> assertThat(answer.cause()).isEqualTo(Cause.CONNECTION));
        }
    }

    @Test
    void certificateOfAnotherHostIsConnectionTrouble() {
        System.setProperty(TRUST_STORE, certificate.store().toString());
        System.setProperty(TRUST_STORE + "Password", LocalCertificate.PASSWORD);
        try (HttpFalQueue queue = FalFixture.http(url("127.0.0.1"))) {
            assertThat(queue.status(REQUEST))
                    .isInstanceOfSatisfying(
                            Unavailable.class,
                            answer -> assertThat(answer.cause()).isEqualTo(Cause.CONNECTION));
        } finally {
            System.clearProperty(TRUST_STORE + "Password");
        }
    }

    private URI url(String host) {
        return URI.create("https://" + host + ":" + server.getAddress().getPort());
    }
}
