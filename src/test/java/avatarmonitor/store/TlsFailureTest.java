package avatarmonitor.store;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.testing.LocalCertificate;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** TLS is negotiated before PostgreSQL's own protocol, so the server here implements only that part. */
@Execution(ExecutionMode.CONCURRENT)
final class TlsFailureTest {
    @TempDir
    private Path folder;

    private LocalCertificate certificate;
    private ServerSocket server;
    private volatile boolean offersTls = true;

    @BeforeEach
    void listen() throws Exception {
        certificate = LocalCertificate.in(folder);
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread answering = new Thread(this::answer, "tls");
        answering.setDaemon(true);
        answering.start();
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    @Test
    void serverWithoutTls() {
        offersTls = false;
        assertFails("?sslmode=require", "TLS failed, the server offers none (sslmode=require)");
        assertFails("?ssl=true", "TLS failed, the server offers none (sslmode=verify-full)");
    }

    @Test
    void certificateThatNobodyTrusts() throws Exception {
        Path other = Files.createDirectory(folder.resolve("other"));
        String trusted = pem(LocalCertificate.in(other), other);
        assertFails("?sslmode=verify-ca&sslrootcert=" + trusted, "TLS failed, the server's certificate is not trusted");
    }

    @Test
    void certificateOfAnotherHost() throws Exception {
        assertFails(
                "?sslmode=verify-full&sslrootcert=" + pem(certificate, folder),
                "TLS failed, the server's certificate is for another host name");
    }

    @Test
    void fileThatIsMissing() {
        assertFails(
                "?sslmode=verify-ca&sslrootcert=" + folder + "/none",
                "TLS failed, a file that sslmode=verify-ca needs cannot be read");
    }

    @Test
    void serverThatCannotBeReachedIsNoFailureOfTls() throws IOException {
        // Bound without listening: connections are refused, and no other process can get this port.
        try (Socket silent = new Socket()) {
            silent.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            assertFails(silent.getLocalPort(), "?sslmode=verify-full", "it cannot be reached");
        }
    }

    private void assertFails(String parameters, String how) {
        assertFails(server.getLocalPort(), parameters, how);
    }

    private static void assertFails(int port, String parameters, String how) {
        String url = "jdbc:postgresql://127.0.0.1:" + port + "/app" + parameters;
        assertThatThrownBy(() -> Database.open(new StoreConfig(url, "ann", "x", 1)))
                .isInstanceOf(StoreException.class)
                .hasMessageStartingWith("cannot open database " + url + ": " + how);
    }

    private static String pem(LocalCertificate certificate, Path folder) throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(certificate.store())) {
            keys.load(in, LocalCertificate.PASSWORD.toCharArray());
        }
        byte[] encoded = keys.getCertificate("server").getEncoded();
        return Files.writeString(
                        folder.resolve("root.crt"),
                        "-----BEGIN CERTIFICATE-----\n"
                                + Base64.getMimeEncoder().encodeToString(encoded) + "\n-----END CERTIFICATE-----\n")
                .toString();
    }

    private void answer() {
        while (!server.isClosed()) {
            try (Socket client = server.accept()) {
                // SSLRequest: its length and its code.
                client.getInputStream().readNBytes(8);
                client.getOutputStream().write(offersTls ? 'S' : 'N');
                client.getOutputStream().flush();
                if (offersTls) {
                    SSLSocket secured = (SSLSocket) certificate
                            .context()
                            .getSocketFactory()
                            .createSocket(client, null, client.getPort(), false);
                    secured.setUseClientMode(false);
                    secured.startHandshake();
                    int unused = secured.getInputStream().read();
                }
            } catch (Exception ended) {
                // The client disconnected, as expected.
            }
        }
    }
}
