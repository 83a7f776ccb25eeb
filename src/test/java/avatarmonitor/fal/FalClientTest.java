package avatarmonitor.fal;

import static avatarmonitor.fal.FalFixture.ENDPOINT;
import static avatarmonitor.fal.FalFixture.REQUEST;
import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.fal.answer.FalAnswer.AccessRefused;
import avatarmonitor.fal.answer.FalAnswer.Held;
import avatarmonitor.fal.answer.FalAnswer.InProgress;
import avatarmonitor.fal.answer.FalAnswer.Output;
import avatarmonitor.fal.answer.FalAnswer.RequestRefused;
import avatarmonitor.fal.limit.FalPause;
import avatarmonitor.fal.limit.FalPauseListener;
import avatarmonitor.http.Egress;
import avatarmonitor.testing.Background;
import avatarmonitor.testing.LocalRateLimit;
import avatarmonitor.testing.NoEndpoints;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The wired client of a worker, over a real socket. */
class FalClientTest {
    private final SettableClock clock = new SettableClock();
    private final List<String> told = new ArrayList<>();
    private final FalPauseListener listener = new FalPauseListener() {
        @Override
        public void paused(Refusal refusal, String reason, Instant until) {
            told.add(reason);
        }

        @Override
        public void resumed() {
            told.add("resumed");
        }
    };

    @Test
    void answerIsCachedOutputIsForgottenOnRequestAndARefusedKeyPauses() {
        try (CannedFal fal = new CannedFal();
                FalClient client = FalClient.open(
                        FalFixture.config(fal.url(), Duration.ofSeconds(10)),
                        Egress.DIRECT,
                        2,
                        LocalRateLimit.alone(1_000),
                        clock,
                        listener,
                        NoEndpoints.LISTENER)) {
            fal.answersWith(202, "{\"status\":\"IN_PROGRESS\"}");
            assertThat(client.status(REQUEST)).isEqualTo(new InProgress(null));
            assertThat(client.status(REQUEST)).isEqualTo(new InProgress(null));
            assertThat(fal.requests).hasSize(1);

            fal.answersWith(200, "{\"finetune_id\":\"f\"}");
            client.result(REQUEST);
            assertThat(client.result(REQUEST)).isInstanceOf(Output.class);
            assertThat(fal.requests).hasSize(2);
            client.forget(REQUEST.id());
            client.result(REQUEST);
            assertThat(fal.requests).hasSize(3);

            fal.answersWith(401, "{\"detail\":\"invalid key credentials\"}");
            assertThat(client.paused()).isEmpty();
            assertThat(client.cancel(REQUEST)).isInstanceOf(RequestRefused.class);
            assertThat(client.paused()).as("what is refused for one request").isEmpty();
            assertThat(client.status(REQUEST)).isInstanceOf(AccessRefused.class);
            assertThat(client.status(REQUEST)).isInstanceOf(Held.class);
            assertThat(client.result(REQUEST))
                    .as("what is known needs no question")
                    .isInstanceOf(Output.class);
            assertThat(client.paused()).isPresent();
            assertThat(fal.requests).hasSize(5);

            clock.advance(FalPause.ACCESS_PAUSE);
            fal.answersWith(202, "{\"status\":\"IN_PROGRESS\"}");
            assertThat(client.status(REQUEST)).isEqualTo(new InProgress(null));
            assertThat(told).containsExactly("fal rejects the API key: HTTP 401: invalid key credentials", "resumed");
        }
    }

    @Test
    void unknownEndpointIsReportedAndForgottenAfterAnHourWithoutIt() {
        EndpointListener endpoints = new EndpointListener() {
            @Override
            public void endpointUnknown(String endpoint, String reason) {
                told.add("unknown " + endpoint);
            }

            @Override
            public void endpointsKnown() {
                told.add("known");
            }
        };
        try (CannedFal fal = new CannedFal();
                FalClient client = FalClient.open(
                        FalFixture.config(fal.url(), Duration.ofSeconds(10)),
                        Egress.DIRECT,
                        2,
                        LocalRateLimit.alone(1_000),
                        clock,
                        listener,
                        endpoints)) {
            List<String> codes = new ArrayList<>();
            client.meter((code, took) -> codes.add(code));
            assertThat(client.usesHistory()).isFalse();
            String unknown = "{\"detail\":\"Application \\\"x\\\" not found\"}";
            fal.answersWith(404, unknown);
            client.status(REQUEST);
            fal.answersWith(202, "{\"status\":\"IN_PROGRESS\"}");
            client.status(REQUEST);
            fal.answersWith(404, unknown);
            client.result(REQUEST);
            assertThat(told).containsExactly("unknown " + ENDPOINT, "known", "unknown " + ENDPOINT);
            clock.advance(Duration.ofHours(1).plusMillis(1));
            client.expirePause();
            assertThat(told).last().isEqualTo("known");
            assertThat(codes).containsExactly("404", "202", "404");

            fal.answersWith(429, Map.of("Retry-After", "7"), "");
            client.status(REQUEST);
            assertThat(client.paused()).isPresent();
            clock.advance(Duration.ofMinutes(10));
            client.expirePause();
            assertThat(told).endsWith("fal asks for fewer requests", "resumed");
        }
    }

    @Test
    void closingLetsEverybodyGoWhileFalHangs() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        try (RawServer server = new RawServer((socket, self) -> {
            RawServer.readHead(socket);
            asked.countDown();
            self.stall();
        })) {
            FalClient client = FalClient.open(
                    FalFixture.config(server.url(), Duration.ofMinutes(1)),
                    Egress.DIRECT,
                    2,
                    LocalRateLimit.alone(1_000),
                    clock,
                    listener,
                    NoEndpoints.LISTENER);
            List<CompletableFuture<FalAnswer>> askers = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                FalRequest request = FalFixture.request("request-" + i / 2);
                askers.add(Background.supply(() -> client.status(request)));
            }
            assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();

            client.close();

            for (CompletableFuture<FalAnswer> asker : askers) {
                assertThat(asker.get(60, TimeUnit.SECONDS)).isInstanceOf(Held.class);
            }
        }
    }
}
