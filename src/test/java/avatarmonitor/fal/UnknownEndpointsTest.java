package avatarmonitor.fal;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.fal.answer.FalAnswer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnknownEndpointsTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final FalAnswer UNKNOWN = new FalAnswer.ApplicationUnknown("HTTP 404: Application \"x\" not found");
    private static final FalAnswer.Status ANSWER = new FalAnswer.NotFound("HTTP 404: NOT_FOUND");

    private final List<String> told = new ArrayList<>();
    private final UnknownEndpoints endpoints = new UnknownEndpoints(new EndpointListener() {
        @Override
        public void endpointUnknown(String endpoint, String reason) {
            told.add(endpoint + " " + reason);
        }

        @Override
        public void endpointsKnown() {
            told.add("known");
        }
    });

    private static FalRequest request(String endpoint) {
        return new FalRequest(endpoint, new FalRequestId("r-1"));
    }

    @Test
    void eachIsReportedOnceAndTheEndOfTheLast() {
        endpoints.answered(request("a/b"), UNKNOWN, NOW);
        endpoints.answered(request("a/b"), UNKNOWN, NOW);
        endpoints.answered(request("a/c"), UNKNOWN, NOW);
        endpoints.answered(request("a/b"), ANSWER, NOW);
        assertThat(told)
                .containsExactly(
                        "a/b HTTP 404: Application \"x\" not found", "a/c HTTP 404: Application \"x\" not found");
        endpoints.answered(request("a/c"), ANSWER, NOW);
        assertThat(told).endsWith("known").hasSize(3);
    }

    @Test
    void whatSaysNothingAboutTheRequestSaysNothingAboutItsEndpoint() {
        endpoints.answered(request("a/b"), UNKNOWN, NOW);
        for (FalAnswer answer : List.of(
                new FalAnswer.AccessRefused(401, "x"),
                new FalAnswer.RequestRefused(403, "x", false),
                new FalAnswer.RateLimited(Duration.ofSeconds(1)),
                new FalAnswer.Held(NOW, "x"),
                new FalAnswer.Unavailable(FalAnswer.Cause.TIMEOUT, "x"))) {
            endpoints.answered(request("a/b"), answer, NOW);
        }
        assertThat(told).hasSize(1);
    }

    @Test
    void endpointWithoutRequestsIsForgottenAfterAnHour() {
        endpoints.answered(request("a/b"), UNKNOWN, NOW);
        endpoints.expire(NOW.plus(Duration.ofMinutes(60)));
        assertThat(told).hasSize(1);
        endpoints.expire(NOW.plus(Duration.ofMinutes(61)));
        assertThat(told).endsWith("known");
    }

    @Test
    void thousandsOfEndpointsAreNotRemembered() {
        for (int i = 0; i < 1_000; i++) {
            endpoints.answered(request("a/b" + i), UNKNOWN, NOW);
        }
        assertThat(told).hasSize(100);
    }
}
