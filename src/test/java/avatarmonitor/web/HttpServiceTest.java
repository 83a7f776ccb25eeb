package avatarmonitor.web;

import static avatarmonitor.testing.Latches.awaitLatch;
import static avatarmonitor.testing.TestDatabase.H2;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import avatarmonitor.testing.Background;
import avatarmonitor.web.HttpConfig.TokenForReading;
import avatarmonitor.web.access.TokenBook;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How the server starts and stops, and the headers of every answer. */
class HttpServiceTest {
    private static final Duration SERVER_FILLS = Duration.ofSeconds(5);
    private static final Duration SOON = Duration.ofSeconds(60);
    /** A supervisor's timeout, with an allowance for a busy machine. */
    private static final Duration PROBE = Duration.ofSeconds(6);

    private static final String ID = "0198a1b2-0000-7000-8000-000000000001";

    @Test
    void chosenPortThatIsTakenIsAnError() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            OptionalInt port = OptionalInt.of(taken.getLocalPort());

            assertThatThrownBy(() -> HttpSite.on(
                            H2, new HttpConfig(true, "127.0.0.1", port, false, TokenForReading.AUTO, TokenBook.EMPTY)))
                    .isInstanceOf(PortTakenException.class)
                    .hasMessageContaining("127.0.0.1 port " + taken.getLocalPort());
        }
    }

    @Test
    void usualPortThatIsTakenGivesWayToAnother() throws Exception {
        HttpConfig config =
                new HttpConfig(true, "127.0.0.1", OptionalInt.empty(), false, TokenForReading.AUTO, TokenBook.EMPTY);
        ServerSocket taken = takeUsualPort();
        try (HttpSite first = HttpSite.on(H2, config);
                HttpSite second = HttpSite.on(H2, config)) {
            assertThat(first.port()).isNotEqualTo(HttpConfig.PORT_USUAL).isNotEqualTo(second.port());
            assertThat(first.get("/healthz").statusCode()).isEqualTo(200);
            assertThat(second.get("/healthz").statusCode()).isEqualTo(200);
        } finally {
            taken.close();
        }
    }

    /** Takes the default port unless another process already has it. */
    private static ServerSocket takeUsualPort() throws IOException {
        ServerSocket socket = new ServerSocket();
        try {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), HttpConfig.PORT_USUAL));
        } catch (IOException taken) {
            return socket;
        }
        return socket;
    }

    @Test
    void stopLetsACallEndAndTakesNoOther() throws Exception {
        try (HttpSite site = HttpSite.on(H2);
                RawClient stream = site.raw().send("GET /api/v1/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")) {
            stream.until("event: overview");
            CompletableFuture<HttpResponse<String>> check = check(site);
            assertThat(site.checking.await(60, TimeUnit.SECONDS)).isTrue();

            site.service().stopTaking();

            assertThat(stream.rest(Duration.ofSeconds(10))).endsWith("0\r\n\r\n");
            // A connection to a closed port may once connect to itself.
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThatThrownBy(site::raw).hasRootCauseInstanceOf(ConnectException.class));
            assertThat(check).isNotDone();
            site.held.countDown();
            assertThat(site.service().stop(Duration.ofSeconds(20))).isTrue();
            assertThat(check.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void stopWaitsNoLongerThanItMay() throws Exception {
        try (HttpSite site = HttpSite.on(H2)) {
            CompletableFuture<HttpResponse<String>> check = check(site);
            assertThat(site.checking.await(60, TimeUnit.SECONDS)).isTrue();
            long started = System.nanoTime();

            boolean ended = site.service().stop(Duration.ofMillis(300));

            assertThat(ended).isFalse();
            assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(15));
            assertThat(check).failsWithin(Duration.ofSeconds(20));
        }
    }

    @Test
    void clientThatDoesNotReadIsHardlyWaitedForByAStop() throws Exception {
        try (HttpSite site = HttpSite.patientWithClients();
                RawClient silent = site.raw()) {
            site.fillLargeAnswer();
            silent.send(HttpSite.LARGE_ANSWER.repeat(400)).until("200 OK");
            awaitStuck(silent);
            long started = System.nanoTime();

            boolean ended = site.service().stop(Duration.ofSeconds(25));

            assertThat(ended).isFalse();
            assertThat(Duration.ofNanos(System.nanoTime() - started))
                    .isLessThan(HttpService.CLIENTS_STOP_MAX.plusSeconds(10));
        }
    }

    /**
     * The client's buffer fills before the server's, which takes megabytes more: until then the server continues to
     * send.
     */
    private static void awaitStuck(RawClient client) {
        int[] before = {-1};
        await().atMost(SOON)
                .during(SERVER_FILLS)
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> {
                    int unread = client.unread();
                    boolean stuck = unread > 0 && unread == before[0];
                    before[0] = unread;
                    return stuck;
                });
    }

    private static CompletableFuture<HttpResponse<String>> check(HttpSite site) {
        return site.client()
                .sendAsync(
                        site.to("/api/v1/avatars/" + ID + "/check")
                                .header("Authorization", "Bearer " + HttpSite.TOKEN)
                                .POST(HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void everyAnswerKeepsBrowsersFromDoingHarm() throws Exception {
        try (HttpSite site = HttpSite.on(H2)) {
            for (String path : List.of("/", "/healthz", "/api/v1/overview", "/nothing", "/api/v1/avatars?limit=x")) {
                harmless(site.send(site.to(path).header("Origin", "http://evil.example.com")));
            }
        }
    }

    private static void harmless(HttpResponse<String> answer) {

        Map.of(
                        "X-Content-Type-Options", "nosniff",
                        "X-Frame-Options", "DENY",
                        "Referrer-Policy", "no-referrer")
                .forEach((name, value) ->
                        assertThat(answer.headers().firstValue(name)).hasValue(value));
        assertThat(answer.headers().firstValue("Content-Security-Policy").orElse(""))
                .contains("default-src 'self'")
                .doesNotContain("unsafe");
        assertThat(answer.headers().firstValue("Cache-Control").orElse("")).isIn("no-store", "no-cache");
        assertThat(answer.headers().map().keySet())
                .noneMatch(name -> name.equalsIgnoreCase("server") || name.startsWith("access-control"))
                .noneMatch(name -> name.equalsIgnoreCase("set-cookie"));
    }

    @Test
    void actionsAreDoneOnceAndOnlyWithTheToken() throws Exception {
        try (HttpSite site = HttpSite.on(H2)) {
            String path = "/api/v1/avatars/" + ID + "/monitor";
            HttpRequest.BodyPublisher nothing = HttpRequest.BodyPublishers.noBody();

            HttpResponse<String> without = site.send(site.to(path).POST(nothing));
            HttpResponse<String> wrong = site.send(site.to(path)
                    .header("Authorization", "Bearer " + HttpSite.TOKEN + "x")
                    .POST(nothing));
            HttpResponse<String> foreign = site.send(site.to(path)
                    .header("Authorization", "Bearer " + HttpSite.TOKEN)
                    .header("Sec-Fetch-Site", "cross-site")
                    .POST(nothing));
            assertThat(site.asked).isEmpty();
            HttpResponse<String> right = site.post(path);

            assertThat(without.statusCode()).isEqualTo(401);
            assertThat(without.headers().firstValue("WWW-Authenticate")).isPresent();
            assertThat(wrong.statusCode()).isEqualTo(401);
            assertThat(foreign.statusCode()).isEqualTo(403);
            assertThat(right.body()).isEqualTo("{\"done\":true,\"outcome\":\"watched\",\"message\":\"Monitored.\"}");
            assertThat(site.asked).containsExactly("monitor " + ID);
        }
    }

    @Test
    void readinessTellsWhatIsWrongAndHealthDoesNot() throws Exception {
        try (HttpSite site = HttpSite.on(H2)) {
            assertThat(site.get("/readyz").statusCode()).isEqualTo(200);
            site.trouble = "the database does not answer";

            await().atMost(SOON).until(() -> site.get("/readyz").statusCode() == 503);
            assertThat(site.get("/readyz").body()).contains("the database does not answer");
            assertThat(site.get("/healthz").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void readinessIsRefusedSoonWhileTheDatabaseHangsAndOneLookWaitsForIt() throws Exception {
        try (HttpSite site = HttpSite.on(H2)) {
            site.hanging = new CountDownLatch(1);
            for (int probe = 0; probe < 3; probe++) {
                HttpResponse<String> answer = site.send(site.to("/readyz").timeout(PROBE));
                assertThat(answer.statusCode()).isEqualTo(503);
                assertThat(answer.body()).isEqualTo("not ready: the database does not answer within 2 s\n");
                assertThat(site.looks).hasValue(1);
            }

            site.hanging.countDown();
            await().atMost(SOON).until(() -> site.get("/readyz").statusCode() == 200);
        }
    }

    @Test
    void whoAsksForReadinessAgainAndAgainMakesNoWork() throws Exception {
        try (HttpSite site = HttpSite.on(H2)) {
            long started = System.nanoTime();
            for (int i = 0; i < 200; i++) {
                assertThat(site.get("/readyz").statusCode()).isEqualTo(200);
            }
            Duration took = Duration.ofNanos(System.nanoTime() - started);

            assertThat((long) site.looks.get())
                    .isLessThanOrEqualTo(1 + took.toSeconds() / CachedHealth.KEPT.toSeconds());
        }
    }

    @Test
    void readinessIsReportedWhileAllReadersWaitForTheDatabase() throws Exception {
        try (HttpSite site = HttpSite.on(H2)) {
            CountDownLatch free = new CountDownLatch(1);
            List<CompletableFuture<Boolean>> holders = holdAllConnections(site, free);
            List<CompletableFuture<HttpResponse<String>>> readers = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                readers.add(site.client()
                        .sendAsync(site.to("/api/v1/overview").build(), HttpResponse.BodyHandlers.ofString()));
            }
            await().atMost(SOON).until(() -> readers.stream().anyMatch(CompletableFuture::isDone));

            assertThat(site.get("/readyz").body()).isEqualTo("ready\n");
            assertThat(readers.stream().filter(CompletableFuture::isDone))
                    .allSatisfy(busy -> assertThat(busy.join().statusCode()).isEqualTo(503));
            assertThat(readers).anyMatch(reader -> !reader.isDone());

            free.countDown();
            assertThat(CompletableFuture.allOf(holders.toArray(CompletableFuture<?>[]::new)))
                    .succeedsWithin(SOON);
        }
    }

    private static List<CompletableFuture<Boolean>> holdAllConnections(HttpSite site, CountDownLatch free) {
        int connections = site.database().config().poolSize();
        CountDownLatch held = new CountDownLatch(connections);
        List<CompletableFuture<Boolean>> holders = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            holders.add(Background.supply(() -> site.database().database().read(connection -> {
                held.countDown();
                return awaitLatch(free);
            })));
        }
        awaitLatch(held);
        return holders;
    }

    @Test
    void metricsAreReportedWhileTheDatabaseIsAway() throws Exception {
        try (HttpSite site = HttpSite.on(H2)) {
            site.database().database().close();

            assertThat(site.get("/metrics").body()).contains("# TYPE avatar_monitor_checks_total counter");
        }
    }

    @Test
    void fileThatDidNotChangeIsNotSentAgain() throws Exception {
        try (HttpSite site = HttpSite.on(H2)) {
            String tag = site.get("/").headers().firstValue("ETag").orElseThrow();

            HttpResponse<String> again = site.send(site.to("/").header("If-None-Match", tag));

            assertThat(again.statusCode()).isEqualTo(304);
            assertThat(again.body()).isEmpty();
            assertThat(URI.create(site.service().url()).getHost()).isEqualTo("127.0.0.1");
        }
    }
}
