package avatarmonitor.fal;

import static avatarmonitor.fal.FalFixture.ENDPOINT;
import static avatarmonitor.fal.FalFixture.ID;
import static avatarmonitor.fal.FalFixture.KEY;
import static avatarmonitor.fal.FalFixture.REQUEST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.fal.answer.FalAnswer.AccessRefused;
import avatarmonitor.fal.answer.FalAnswer.AlreadyOver;
import avatarmonitor.fal.answer.FalAnswer.CancelRequested;
import avatarmonitor.fal.answer.FalAnswer.Cause;
import avatarmonitor.fal.answer.FalAnswer.Held;
import avatarmonitor.fal.answer.FalAnswer.InQueue;
import avatarmonitor.fal.answer.FalAnswer.NotFound;
import avatarmonitor.fal.answer.FalAnswer.Output;
import avatarmonitor.fal.answer.FalAnswer.Unavailable;
import avatarmonitor.http.Egress;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Paths and headers of the requests, over a real HTTP server. */
class HttpFalQueueTest {
    private final CannedFal fal = new CannedFal();
    private final HttpFalQueue queue = FalFixture.http(fal.url());

    @AfterEach
    void close() {
        queue.close();
        fal.close();
    }

    @Test
    void statusIsAskedWithTheKeyOnTheApplicationsOwnPath() {
        fal.answersWith(202, "{\"status\":\"IN_QUEUE\",\"request_id\":\"" + ID + "\",\"queue_position\":2}");

        assertThat(queue.status(REQUEST)).isEqualTo(new InQueue(2));

        assertThat(fal.requests).containsExactly("GET /" + ENDPOINT + "/requests/" + ID + "/status");
        assertThat(fal.keys).containsExactly("Key " + KEY);
    }

    @Test
    void resultIsAskedOnThePathOfTheRequest() {
        fal.answersWith(200, "{\"finetune_id\":\"f1\"}");

        assertThat(queue.result(REQUEST))
                .isInstanceOfSatisfying(
                        Output.class, output -> assertThat(output.body()).hasToString("{\"finetune_id\":\"f1\"}"));

        assertThat(fal.requests).containsExactly("GET /" + ENDPOINT + "/requests/" + ID);
    }

    @Test
    void cancelIsAPutWithoutBody() {
        fal.answersWith(202, "{\"status\":\"CANCELLATION_REQUESTED\"}");
        assertThat(queue.cancel(REQUEST)).isEqualTo(new CancelRequested());

        fal.answersWith(400, "{\"status\":\"ALREADY_COMPLETED\"}");
        assertThat(queue.cancel(REQUEST)).isEqualTo(new AlreadyOver());

        fal.answersWith(404, "{\"status\":\"NOT_FOUND\"}");
        assertThat(queue.cancel(REQUEST)).isEqualTo(new NotFound("HTTP 404: NOT_FOUND"));

        assertThat(fal.requests).hasSize(3).containsOnly("PUT /" + ENDPOINT + "/requests/" + ID + "/cancel");
    }

    @Test
    void subPathOfTheEndpointIsLeftOut() {
        queue.status(new FalRequest("fal-ai/flux-pro/v1.1/finetune", REQUEST.id()));

        assertThat(fal.requests).containsExactly("GET /fal-ai/flux-pro/requests/" + ID + "/status");
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void redirectIsNotFollowedAndTheKeyReachesNoOtherHost(int code) {
        try (CannedFal elsewhere = new CannedFal()) {
            fal.answersWith(code, Map.of("Location", elsewhere.url() + "/steal"), "");

            assertThat(queue.status(REQUEST))
                    .isInstanceOfSatisfying(
                            Unavailable.class,
                            answer -> assertThat(answer.cause()).isEqualTo(Cause.UNEXPECTED_CODE));

            assertThat(fal.requests).hasSize(1);
            assertThat(elsewhere.requests).isEmpty();
        }
        fal.answersWith(code, Map.of("Location", "/on/the/same/host"), "");
        queue.status(REQUEST);
        assertThat(fal.requests).hasSize(2).doesNotContain("GET /on/the/same/host");
    }

    @Test
    void returnedUrlsAreNotFollowed() {
        try (CannedFal elsewhere = new CannedFal()) {
            fal.answersWith(
                    200,
                    "{\"status\":\"COMPLETED\",\"response_url\":\"" + elsewhere.url() + "/r\",\"status_url\":\""
                            + elsewhere.url() + "/s\"}");

            queue.status(REQUEST);
            queue.result(REQUEST);

            assertThat(fal.requests).hasSize(2);
            assertThat(elsewhere.requests).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 502, 503, 504})
    void nothingIsRepeatedByItself(int code) {
        fal.answersWith(code, Map.of("Retry-After", "0"), "{}");

        queue.status(REQUEST);
        queue.cancel(REQUEST);

        assertThat(fal.requests).hasSize(2);
    }

    @Test
    void cookiesAreNotKeptAndCompressionIsNotAskedFor() throws Exception {
        StringBuilder heads = new StringBuilder();
        try (RawServer server = new RawServer((socket, self) -> {
                    heads.append(RawServer.readHead(socket));
                    RawServer.write(
                            socket,
                            "HTTP/1.1 404 No\r\nSet-Cookie: a=b\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}");
                });
                HttpFalQueue asking = FalFixture.http(server.url())) {
            asking.status(REQUEST);
            asking.status(REQUEST);
        }
        assertThat(heads.toString().toLowerCase(Locale.ROOT))
                .contains("user-agent: avatar-monitor")
                .doesNotContain("cookie")
                .contains("accept-encoding: identity");
    }

    @Test
    void echoedKeyIsHiddenInTheAnswer() {
        fal.answersWith(401, "{\"detail\":\"invalid key " + KEY + "\"}");

        assertThat(queue.status(REQUEST)).isEqualTo(new AccessRefused(401, "HTTP 401: invalid key ***"));
    }

    @Test
    void withoutKeyNothingIsAsked() {
        FalConfig keyless = FalFixture.config(fal.url(), null, Duration.ofSeconds(1), 5);
        try (HttpFalQueue asking = new HttpFalQueue(keyless, Egress.DIRECT, 1, new SettableClock())) {
            assertThat(asking.status(REQUEST)).isInstanceOf(AccessRefused.class);
        }
        assertThat(fal.requests).isEmpty();
    }

    @Test
    void closedQueueHoldsEveryQuestion() {
        queue.close();

        assertThat(queue.status(REQUEST)).isInstanceOf(Held.class);
        assertThat(fal.requests).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://queue.fal.run",
                "http://10.0.0.1:80",
                "http://127.0.0.1.example.org",
                "http://localhost.example.org",
                "ftp://127.0.0.1",
                "https://user@queue.fal.run",
                "https://queue.fal.run/path",
                "https://queue.fal.run?a=b",
                "https://queue.fal.run#a",
                "https:///nohost",
                "queue.fal.run",
                "https://queue.fal.run:99999"
            })
    void keyIsNotSentInTheClearOrToAnOddAddress(String url) {
        assertThat(FalConfig.problemOfBaseUrl(URI.create(url))).isPresent();
        assertThatThrownBy(() -> FalFixture.http(URI.create(url))).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://queue.fal.run",
                "https://queue.fal.run/",
                "HTTPS://Queue.fal.run:8443",
                "http://localhost:8089",
                "http://127.0.0.1:8089/",
                "http://[::1]:8089"
            })
    void httpsAndLoopbackAreAllowed(String url) {
        assertThat(FalConfig.problemOfBaseUrl(URI.create(url))).isEmpty();
    }
}
