package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.emulator.scenario.Course;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.process.Site.Training;
import avatarmonitor.testing.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A worker with a logback file at maximum verbosity, its secrets in use, and untrusted clients at its port. */
@Execution(ExecutionMode.CONCURRENT)
final class HostileLogIT {
    private static final String TOKEN = "correct-horse-battery-staple";
    private static final String FILE_TOKEN = "token-of-alice-in-a-file";
    private static final String HOOK_PATH = "services-T0-B0-XXXXXXXXXXXX";
    private static final String KEY = "5d1f-key-id:s3cret-of-the-key";
    private static final String CALLBACK_SECRET = "callback-secret-callback-secret";
    private static final Pattern SERVES = Pattern.compile("http serves url=(http://\\S+)");

    private static final Pattern JETTY_EVENT =
            Pattern.compile("^\\d{4}-.* (TRACE|DEBUG|INFO|WARN|ERROR) +org\\.eclipse\\.jetty");

    /** 2,000 requests with 7 kB each would be 14 MB. */
    private static final int REQUESTS = 2_000;

    private static final String CONFIG = """
            <configuration>
              <appender name="FILE" class="ch.qos.logback.core.FileAppender">
                <file>%s</file>
                <encoder><pattern>%%d %%-5level %%logger %%msg %%kvp %%ex{full}%%n</pattern></encoder>
              </appender>
              <logger name="org.apache.hc.client5.http" level="TRACE"/>
              <logger name="org.apache.hc.client5.http.wire" level="TRACE"><appender-ref ref="FILE"/></logger>
              <logger name="org.eclipse.jetty" level="TRACE"><appender-ref ref="FILE"/></logger>
              <logger name="com.zaxxer" level="TRACE"><appender-ref ref="FILE"/></logger>
              <logger name="org.quartz" level="TRACE"><appender-ref ref="FILE"/></logger>
              <appender name="STDERR" class="ch.qos.logback.core.ConsoleAppender">
                <target>System.err</target>
                <encoder><pattern>%%msg%%n</pattern></encoder>
              </appender>
              <root level="TRACE"><appender-ref ref="STDERR"/></root>
            </configuration>
            """;

    @TempDir
    private Path directory;

    @RegisterExtension
    private final Site site = Site.on(TestDatabase.H2).with("http.enabled", "true");

    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void noSecretAndNoRawTextOfStrangersIsInAnyLog() throws Exception {
        Path log = directory.resolve("everything.log");
        Path tokens = Files.writeString(directory.resolve("tokens"), "alice operate " + FILE_TOKEN);
        Files.setPosixFilePermissions(tokens, PosixFilePermissions.fromString("rw-------"));
        Path config = Files.writeString(directory.resolve("logback.xml"), CONFIG.formatted(log));
        Training training =
                site.look(avatars -> site.train(avatars, "STYLE", Scenario.stalled(Course.Stall.IN_PROGRESS)));
        URI http;
        long started = System.nanoTime();
        WorkerProcess worker = site.with("http.port", "0")
                .with("http.token", TOKEN)
                .with("http.tokens-file", tokens.toString())
                .with("alerts.webhook.url", "http://127.0.0.1:9/" + HOOK_PATH)
                .with("alerts.callback.url", "http://127.0.0.1:9/" + HOOK_PATH + "-callback")
                .with("alerts.callback.secret", CALLBACK_SECRET)
                .withJvmOptions("-Dlogback.configurationFile=" + config)
                .startWorker();
        Matcher serves = SERVES.matcher(worker.awaitStarted().output());
        assertThat(serves.find()).isTrue();
        http = URI.create(serves.group(1));

        for (String token : new String[] {TOKEN, FILE_TOKEN}) {
            assertThat(check(http, training, token)).isEqualTo(200);
        }
        attack(http.getPort());
        long windows = 2 + Duration.ofNanos(System.nanoTime() - started).toSeconds() / 10;
        assertThat(check(http, training, FILE_TOKEN)).isEqualTo(200);
        String everything = Files.readString(log);
        String output = worker.output();

        assertThat(everything).contains("DEBUG org.quartz", "WARN  org.eclipse.jetty");
        assertThat(everything.lines().filter(line -> JETTY_EVENT.matcher(line).find()))
                .as("20 lines of a library in 10 s and one that counts the others, also before the attack")
                .hasSizeLessThanOrEqualTo(21 * (int) (windows + 2));
        assertThat(output).contains("DEBUG");
        for (String text : new String[] {everything, output}) {
            assertThat(text)
                    .doesNotContain(
                            TOKEN,
                            FILE_TOKEN,
                            HOOK_PATH,
                            CALLBACK_SECRET,
                            KEY,
                            KEY.substring(0, KEY.indexOf(':')),
                            KEY.substring(KEY.indexOf(':') + 1));
            assertThat(text).doesNotContain("\u009b", "\u0085", "\u2028", "x".repeat(1_100));
        }
    }

    private int check(URI http, Training training, String token) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(http.resolve("/api/v1/avatars/" + training.avatar() + "/check"))
                .timeout(Duration.ofSeconds(30))
                .header("Authorization", "Bearer " + token)
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    private static void attack(int port) throws IOException {
        String odd = "Host: a\u009b31mRED\u0085\u2028:" + "x".repeat(7_000) + "\r\n\r\n";
        for (int i = 0; i < REQUESTS; i++) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.getOutputStream().write(("GET / HTTP/1.1\r\n" + odd).getBytes(StandardCharsets.UTF_8));
                socket.shutdownOutput();
                byte[] answer = socket.getInputStream().readNBytes(12);
                assertThat(new String(answer, StandardCharsets.US_ASCII)).isIn("HTTP/1.1 400", "");
            }
        }
    }
}
