package avatarmonitor.fal;

import static avatarmonitor.fal.FalFixture.REQUEST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.fal.KeyCheck.Outcome;
import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.fal.answer.FalAnswer.Cause;
import avatarmonitor.http.Egress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The key: how it is named to others, what fal says of it, and that nothing is sent without one. */
final class KeyPartsTest {
    private final FakeFalQueue fal = new FakeFalQueue();

    private KeyCheck check(FalAnswer answer) {
        fal.answers(answer);
        return KeyCheck.of(fal, FalFixture.ENDPOINT);
    }

    @Test
    void keyIsNamedByTheFirstHalfOfItsSha256() {
        assertThat(new FalKey("id:secret").digest()).isEqualTo("fc69635ed79e43dad7499156fbf1091d");
    }

    @Test
    void blankKeyIsNamedAsSuch() {
        assertThatThrownBy(() -> new FalKey(" \n")).hasMessage("the fal key is blank");
    }

    @Test
    void answerSaysWhatIsWrongWithTheKey() {
        assertThat(check(new FalAnswer.AccessRefused(403, "User is locked", true)))
                .isEqualTo(new KeyCheck(Outcome.LOCKED, "User is locked"));
        assertThat(check(new FalAnswer.AccessRefused(401, "bad", false)))
                .isEqualTo(new KeyCheck(Outcome.REFUSED, "bad"));
        assertThat(check(new FalAnswer.ApplicationUnknown("HTTP 404: no")))
                .isEqualTo(new KeyCheck(
                        Outcome.UNKNOWN_APPLICATION, "fal answers, but not about this application: HTTP 404: no"));
        assertThat(check(new FalAnswer.RateLimited(Duration.ofSeconds(7))))
                .isEqualTo(new KeyCheck(Outcome.UNCLEAR, "too many requests, try again in 7 s"));
        assertThat(check(new FalAnswer.Held(Instant.EPOCH, "paused")))
                .isEqualTo(new KeyCheck(Outcome.UNCLEAR, "paused"));
        assertThat(check(new FalAnswer.NotFound("HTTP 404")))
                .isEqualTo(new KeyCheck(Outcome.ACCEPTED, "fal answers and takes the key"));
    }

    @ParameterizedTest
    @CsvSource({
        "TIMEOUT, UNREACHABLE",
        "CONNECTION, UNREACHABLE",
        "SERVER_ERROR, UNREACHABLE",
        "MALFORMED, UNCLEAR",
        "TOO_LARGE, UNCLEAR",
        "UNKNOWN_STATUS, UNCLEAR",
        "UNEXPECTED_CODE, UNCLEAR"
    })
    void withoutAnAnswerFalIsUnreachableAndOtherwiseUnclear(Cause cause, Outcome outcome) {
        assertThat(check(new FalAnswer.Unavailable(cause, "why"))).isEqualTo(new KeyCheck(outcome, "why"));
    }

    @Test
    void eachEndpointIsAskedForUntilFalCannotBeReached() throws Exception {
        Map<String, String> endpoints = new LinkedHashMap<>(Map.of("a", "o/a"));
        endpoints.put("b", "o/b");
        try (CannedFal server = new CannedFal()) {
            FalConfig config = FalFixture.config(server.url(), Duration.ofSeconds(10));
            assertThat(KeyCheck.all(config, Egress.DIRECT, endpoints, new SettableClock()))
                    .containsOnlyKeys("a", "b");
        }
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        FalConfig closed = FalFixture.config(URI.create("http://127.0.0.1:" + port), Duration.ofSeconds(10));
        assertThat(KeyCheck.all(closed, Egress.DIRECT, endpoints, new SettableClock()))
                .containsOnlyKeys("a");
    }

    @Test
    void withoutAKeyNoResultIsAskedForAndNothingCancelled() {
        FalConfig with = FalFixture.config(URI.create("http://127.0.0.1:1"), Duration.ofSeconds(1));
        FalConfig without = new FalConfig(
                with.baseUrl(), null, with.timeout(), with.requestsPerSecond(), with.history(), with.historyUrl());
        try (HttpFalQueue queue = new HttpFalQueue(without, Egress.DIRECT, 1, new SettableClock())) {
            assertThat(queue.result(REQUEST)).isInstanceOf(FalAnswer.RequestRefused.class);
            assertThat(queue.cancel(REQUEST)).isInstanceOf(FalAnswer.RequestRefused.class);
        }
    }
}
