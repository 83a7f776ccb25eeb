package avatarmonitor.fal;

import static avatarmonitor.fal.FalFixture.REQUEST;
import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.fal.FalAnswer.Cause;
import avatarmonitor.fal.FalAnswer.InProgress;
import avatarmonitor.fal.FalAnswer.Unavailable;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over https as with the real fal: a trusted certificate works, any other one ends before the key is sent. */
class TlsTest {
    private static final String TRUST_STORE = "javax.net.ssl.trustStore";
    private static final String PASSWORD = "changeit";

    @TempDir
    private Path folder;

    private HttpsServer server;

    @BeforeEach
    void start() throws Exception {
        Path store = folder.resolve("server.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("keytool.log").toFile())
                .start();
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
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
        System.setProperty(TRUST_STORE, folder.resolve("server.p12").toString());
        System.setProperty(TRUST_STORE + "Password", PASSWORD);
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
        System.setProperty(TRUST_STORE, folder.resolve("server.p12").toString());
        System.setProperty(TRUST_STORE + "Password", PASSWORD);
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
