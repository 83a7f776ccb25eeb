package avatarmonitor.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.alert.AlertConfig.Email;
import avatarmonitor.alert.AlertConfig.Tls;
import avatarmonitor.alert.Channel.Sent;
import avatarmonitor.http.Egress;
import avatarmonitor.testing.Background;
import avatarmonitor.testing.CapturedLog;
import avatarmonitor.testing.LocalCertificate;
import com.google.gson.JsonObject;
import com.icegreen.greenmail.util.DummySSLServerSocketFactory;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.internet.MimeMessage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sends mails to a real SMTP server, unencrypted and with TLS, with and without a password. */
class MailChannelTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String PASSWORD = "s3cret-of-the-mailbox";

    private static final String SERVER_KEYS = DummySSLServerSocketFactory.GREENMAIL_KEYSTORE_FILE_PROPERTY;

    private final CountDownLatch enough = new CountDownLatch(1);

    @TempDir
    private Path folder;

    private final GreenMail plain = server(ServerSetup.PROTOCOL_SMTP);
    private final GreenMail secure = server(ServerSetup.PROTOCOL_SMTPS);

    @AfterEach
    void stop() {
        plain.stop();
        secure.stop();
    }

    @Test
    void everyAddressGetsTheMail() throws Exception {
        plain.start();
        Message message = message("Störung", "Zeile 1\nZeile 2 – €");
        try (MailChannel channel = channel(plain.getSmtp().getPort(), "", Tls.NONE, null)) {
            assertThat(channel.send(message)).isEqualTo(new Sent.Delivered());
            assertThat(channel.send(message)).isEqualTo(new Sent.Delivered());
        }
        assertThat(plain.getReceivedMessages()).hasSize(4);
        MimeMessage mail = plain.getReceivedMessages()[0];
        assertThat(mail.getSubject()).isEqualTo("Störung");
        assertThat(mail.getContent().toString().replace("\r\n", "\n").strip()).isEqualTo("Zeile 1\nZeile 2 – €");
        assertThat(mail.getFrom()[0]).hasToString("monitor@example.com");
        assertThat(mail.getAllRecipients())
                .extracting(Object::toString)
                .containsExactly("a@example.com", "b@example.com");
        assertThat(plain.getReceivedMessages())
                .extracting(MimeMessage::getMessageID)
                .as("a repetition can be told")
                .containsOnly("<" + message.id() + "@avatar-monitor>");
    }

    /** One address with a typing error must not keep an alert from all others, nor be tried again for ever. */
    @Test
    void mailThatIsRefusedForOneAddressReachesTheOthers() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                MailChannel channel = channel(server.getLocalPort(), "", Tls.NONE, null);
                CapturedLog log = new CapturedLog(AlertMail.class)) {
            CompletableFuture<String> partly = Background.supply(() -> converse(server, "a@example.com"));
            assertThat(channel.send(message("t", "x"))).isEqualTo(new Sent.Delivered());
            assertThat(partly.get(60, TimeUnit.SECONDS))
                    .contains("RCPT TO:<a@example.com>", "RCPT TO:<b@example.com>", "X-Avatar-Monitor-Id:");
            assertThat(log.startingWith(""))
                    .containsExactly(
                            "WARN mail server refused some addresses of an alert refused=[a@example.com] accepted=1");

            CompletableFuture<String> never = Background.supply(() -> converse(server, "@example.com"));
            assertThat(channel.send(message("t", "x"))).isEqualTo(new Sent.Refused("the mail server refused the mail"));
            assertThat(never.get(60, TimeUnit.SECONDS)).doesNotContain("X-Avatar-Monitor-Id:");
        }
    }

    /** Accepts one mail except for addresses with the text, and returns what the client sent. */
    private static String converse(ServerSocket server, String refused) {
        StringBuilder heard = new StringBuilder();
        try (Socket socket = server.accept();
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
                PrintWriter out = new PrintWriter(socket.getOutputStream(), true, StandardCharsets.US_ASCII)) {
            out.print("220 welcome\r\n");
            out.flush();
            boolean body = false;
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                heard.append(line).append('\n');
                body = body ? !line.equals(".") : line.equals("DATA");
                boolean silent = body && !line.equals("DATA");
                if (!silent) {
                    boolean no = line.startsWith("RCPT") && line.contains(refused);
                    out.print(no ? "550 no such user\r\n" : line.equals("DATA") ? "354 go on\r\n" : "250 yes\r\n");
                    out.flush();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return heard.toString();
    }

    @Test
    void titleCannotAddAHeader() throws Exception {
        plain.start();
        try (MailChannel channel = channel(plain.getSmtp().getPort(), "", Tls.NONE, null)) {
            Sent sent = channel.send(message("late\r\nBcc: spy@example.com\r\n\r\nbody", "."));
            assertThat(sent).isEqualTo(new Sent.Delivered());
        }
        assertThat(plain.getReceivedMessages()).hasSize(2);
        for (MimeMessage mail : plain.getReceivedMessages()) {
            assertThat(mail.getHeader("Bcc")).isNull();
            assertThat(mail.getAllRecipients()).hasSize(2);
        }
    }

    @Test
    void passwordGoesToATrustedServerOnly() throws Exception {
        LocalCertificate certificate = LocalCertificate.in(folder);
        System.setProperty(SERVER_KEYS, certificate.store().toString());
        try {
            secure.start();
        } finally {
            System.clearProperty(SERVER_KEYS);
        }
        secure.setUser("monitor@example.com", "monitor", PASSWORD);
        int port = secure.getSmtps().getPort();
        SSLSocketFactory trusting = certificate.context().getSocketFactory();
        try (MailChannel untrusting = channel(port, PASSWORD, Tls.TLS, null);
                CapturedLog log = new CapturedLog(AlertMail.class)) {
            assertThat(untrusting.send(message("t", "x"))).isEqualTo(new Sent.Unreachable("SSLHandshakeException"));
            assertThat(log.startingWith("")).noneMatch(line -> line.contains(PASSWORD));
        }
        try (MailChannel channel = channel(port, PASSWORD, Tls.TLS, trusting)) {
            assertThat(channel.send(message("t", "x"))).isEqualTo(new Sent.Delivered());
        }
        try (MailChannel channel = channel(port, "wrong", Tls.TLS, trusting)) {
            assertThat(channel.send(message("t", "x")))
                    .isEqualTo(new Sent.Unreachable("the mail server refused user or password"));
        }
        assertThat(secure.getReceivedMessages()).hasSize(2);
    }

    @Test
    void nothingGoesInClearWhenTheServerHasNoTls() {
        plain.start();
        plain.setUser("monitor@example.com", "monitor", PASSWORD);
        try (MailChannel channel = channel(plain.getSmtp().getPort(), PASSWORD, Tls.STARTTLS, null)) {
            assertThat(channel.send(message("t", "x")))
                    .isEqualTo(new Sent.Unreachable("the mail server has no TLS or refused the conversation"));
        }
        assertThat(plain.getReceivedMessages()).isEmpty();
    }

    /** A slow server that keeps resetting the socket timeout is cut off by the overall limit. */
    @Test
    void serverThatNeverComesToAnEndIsGivenUpAndHoldsOneThread() throws Exception {
        try (ServerSocket greeting = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                MailChannel channel = new MailChannel(
                        email(greeting.getLocalPort(), "", Tls.NONE), Duration.ofSeconds(1), Egress.DIRECT)) {
            CompletableFuture<Void> served = Background.run(() -> greetForEver(greeting));
            assertThat(channel.send(message("t", "x"))).isEqualTo(new Sent.Unreachable("no whole answer in time"));
            assertThat(channel.send(message("t", "x")))
                    .isEqualTo(new Sent.Unreachable("the mail server still holds the last mail"));
            enough.countDown();
            served.get(60, TimeUnit.SECONDS);
            await().until(
                            () -> channel.send(message("t", "x")),
                            new Sent.Unreachable("no whole answer in time")::equals);
        }
    }

    private void greetForEver(ServerSocket server) {
        try (Socket socket = server.accept()) {
            do {
                socket.getOutputStream().write("220-welcome\r\n".getBytes(StandardCharsets.US_ASCII));
            } while (!enough.await(100, TimeUnit.MILLISECONDS));
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static GreenMail server(String protocol) {
        ServerSetup setup = new ServerSetup(0, "127.0.0.1", protocol);
        setup.setServerStartupTimeout(LIMIT.toMillis());
        return new GreenMail(setup);
    }

    private static MailChannel channel(int port, String password, Tls tls, @Nullable SSLSocketFactory sockets) {
        return new MailChannel(email(port, password, tls), LIMIT, sockets);
    }

    private static Email email(int port, String password, Tls tls) {
        return new Email(
                List.of("a@example.com", "b@example.com"),
                "monitor@example.com",
                "localhost",
                port,
                password.isEmpty() ? "" : "monitor",
                password,
                tls);
    }

    private static Message message(String title, String text) {
        JsonObject body = new JsonObject();
        body.addProperty("title", title);
        body.addProperty("text", text);
        return new Message(UUID.randomUUID(), body);
    }
}
