package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.emulator.Call;
import avatarmonitor.emulator.http.Op;
import avatarmonitor.emulator.scenario.Course;
import avatarmonitor.emulator.scenario.Outcome;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.process.Site.Training;
import avatarmonitor.testing.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The HTTP service of a real worker: no request disturbs the checks, and a webhook causes one at once. */
@Execution(ExecutionMode.CONCURRENT)
final class HttpIT {
    private static final String TOKEN = "correct-horse-battery-staple";
    private static final Pattern SERVES = Pattern.compile("http serves url=(http://\\S+)");

    /** A check is due every 2 s; the rest allows for a busy machine. */
    private static final Duration GAP_MAX = Duration.ofSeconds(8);

    private static final Duration ATTACK = Duration.ofSeconds(5);

    @RegisterExtension
    private final Site site = Site.on(TestDatabase.H2).with("http.enabled", "true");

    private final HttpClient client = HttpClient.newHttpClient();
    private final List<Socket> attackers = new ArrayList<>();

    @AfterEach
    void attackersLeave() throws IOException {
        for (Socket attacker : attackers) {
            attacker.close();
        }
    }

    @Test
    void attackOnHttpDisturbsNoCheck() throws Exception {
        List<Training> trainings = new ArrayList<>();
        site.write(avatars -> {
            for (int i = 0; i < 10; i++) {
                trainings.add(site.train(avatars, "PORTRAIT", Scenario.stalled(Course.Stall.IN_PROGRESS)));
            }
        });
        URI http = http(site.with("http.port", "0").with("http.token", TOKEN).startWorker());
        await().atMost(WorkerProcess.START_MAX)
                .until(() ->
                        trainings.stream().allMatch(training -> checks(training).size() > 1));
        Instant quiet = Instant.now();
        await().atMost(WorkerProcess.START_MAX)
                .until(() -> trainings.stream().allMatch(training -> checksSince(training, quiet) > 2));
        Instant begun = Instant.now();
        // What this machine takes between two checks without an attack.
        Duration usual = trainings.stream()
                .map(training -> longestGap(training, quiet, begun))
                .max(Comparator.naturalOrder())
                .orElseThrow();

        attack(http, 1_000, "");
        attack(http, 100, "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ");
        String post = "POST /api/v1/avatars/" + trainings.get(0).avatar() + "/check HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                + "Authorization: Bearer " + TOKEN + "\r\n";
        attack(http, 100, post + "Content-Length: 4000\r\n\r\n{");
        attack(http, 20, post + "Content-Length: 10485760\r\n\r\n");
        await().atMost(ATTACK.plusSeconds(20))
                .pollInterval(Duration.ofMillis(300))
                .until(() -> {
                    assertThat(get(http.resolve("/api/v1/avatars?state=watched"))
                                    .statusCode())
                            .isEqualTo(200);
                    attackers.forEach(HttpIT::drip);
                    return Instant.now().isAfter(begun.plus(ATTACK));
                });

        for (Training training : trainings) {
            assertThat(longestGap(training, begun, Instant.now())).isLessThan(GAP_MAX.plus(usual));
        }
    }

    @Test
    void webhookEndsATrainingAtOnceAndWhatAnOperatorDoesLeavesAnEvent() throws Exception {
        URI http = http(site.with("http.port", "0")
                .with("http.token", TOKEN)
                .with("webhook.enabled", "true")
                .with(
                        "webhook.jwks-url",
                        site.fal().baseUri().resolve("/.well-known/jwks.json").toString())
                .with("monitor.interval", "1h")
                .startWorker());
        String request = UUID.randomUUID().toString();
        Scenario running = Scenario.stalled(Course.Stall.IN_PROGRESS);
        site.fal().register(Site.PORTRAIT, request, running, http.resolve("/webhooks/fal"));
        AvatarId id = site.look(
                avatars -> avatars.training("PORTRAIT", request, site.fal().now()));
        Training other = site.look(avatars -> site.train(avatars, "STYLE", Scenario.stalled(Course.Stall.IN_PROGRESS)));
        assertThat(post(http, id, "monitor").body()).contains("\"done\":true");
        assertThat(post(http, other.avatar(), "monitor").body()).contains("\"done\":true");

        site.fal().change(request, Scenario.ended(Outcome.success()));
        site.awaitDatabase(avatars -> "COMPLETED".equals(avatars.row(id).get("status")));
        // A webhook may come twice and its checks overlap: only one ends the training.
        assertThat(site.fal().calls(request, Op.RESULT)).isNotEmpty();
        site.write(avatars -> assertThat(avatars.events(id)).isEqualTo("watching,operator_action,completed"));
        assertThat(post(http, other.avatar(), "unmonitor").body()).contains("\"outcome\":\"unwatched\"");
        assertThat(get(http.resolve("/api/v1/events?avatar=" + other.avatar())).body())
                .contains("\"type\":\"unwatched\"", "\"type\":\"watching\"")
                .contains(
                        "\"action\":\"unmonitor\",\"outcome\":\"unmonitored\",\"actor\":\"http.token\",\"channel\":\"api\"")
                .contains("\"address\":\"127.0.0.1\"");
        await().atMost(WorkerProcess.START_MAX)
                .until(() -> get(http.resolve("/readyz")).statusCode() == 200);
        assertThat(get(http.resolve("/api/v1/workers")).body()).contains(http.toString());
    }

    @Test
    void chosenPortThatIsTakenIsReportedByItsKey() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            WorkerProcess worker =
                    site.with("http.port", String.valueOf(taken.getLocalPort())).startWorker();

            assertThat(worker.exitCode(WorkerProcess.START_MAX)).isEqualTo(2);
            assertThat(worker.output())
                    .contains("http.port = \"" + taken.getLocalPort(), "AVATAR_MONITOR_HTTP_PORT", "to do: ")
                    .doesNotContain("\tat ");
            assertThat(site.fal().calls()).isEmpty();
        }
    }

    private static URI http(WorkerProcess worker) {
        Matcher serves = SERVES.matcher(worker.awaitStarted().output());
        assertThat(serves.find()).isTrue();
        return URI.create(serves.group(1));
    }

    private void attack(URI http, int clients, String opening) throws IOException {
        for (int i = 0; i < clients; i++) {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), http.getPort());
            attackers.add(socket);
            socket.getOutputStream().write(opening.getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** Sends a byte on an incomplete request; the connection may already be closed. */
    private static void drip(Socket attacker) {
        try {
            attacker.getOutputStream().write('a');
        } catch (IOException closed) {
            assertThat(closed).isNotNull();
        }
    }

    private List<Call> checks(Training training) {
        return site.fal().calls(training.request(), Op.STATUS);
    }

    private long checksSince(Training training, Instant since) {
        return checks(training).stream()
                .filter(call -> call.at().isAfter(since))
                .count();
    }

    private Duration longestGap(Training training, Instant from, Instant to) {
        Instant before = from;
        Duration longest = Duration.ZERO;
        for (Call call : checks(training)) {
            if (call.at().isAfter(from)) {
                Duration gap = Duration.between(before, call.at());
                longest = gap.compareTo(longest) > 0 ? gap : longest;
                before = call.at();
            }
        }
        Duration last = Duration.between(before, to);
        return last.compareTo(longest) > 0 ? last : longest;
    }

    private HttpResponse<String> get(URI uri) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30)).build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(URI http, AvatarId id, String action) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(http.resolve("/api/v1/avatars/" + id + "/" + action))
                .timeout(Duration.ofSeconds(30))
                .header("Authorization", "Bearer " + TOKEN)
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
