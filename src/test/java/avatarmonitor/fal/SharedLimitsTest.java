package avatarmonitor.fal;

import static avatarmonitor.fal.FalFixture.REQUEST;
import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.http.Egress;
import avatarmonitor.testing.LocalRateLimit;
import avatarmonitor.testing.NoEndpoints;
import avatarmonitor.testing.NoPauses;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Requests to the platform API are held by the limits and pauses of the queue, and say nothing about them. */
final class SharedLimitsTest {
    @AutoClose
    private final CannedFal fal = new CannedFal();

    private final SettableClock clock = new SettableClock();

    @AutoClose
    private final FalClient client = FalClient.open(
            new FalConfig(
                    fal.url(),
                    new FalKey("id:secret"),
                    Duration.ofSeconds(5),
                    5,
                    FalConfig.History.AUTO,
                    URI.create(fal.url() + "/v1")),
            Egress.DIRECT,
            1,
            LocalRateLimit.alone(5),
            clock,
            NoPauses.LISTENER,
            NoEndpoints.LISTENER);

    private EndedPage list() {
        return client.ended(List.of("o/a"), Instant.parse("2026-11-29T10:00:00Z"), null);
    }

    @Test
    void requestsToBothServersAreSpreadByOneRate() {
        fal.answersWith(200, "{\"items\":[]}");
        long began = System.nanoTime();
        for (int i = 0; i < 6; i++) {
            assertThat(list()).isInstanceOf(EndedPage.Listed.class);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - began)).as("5 a second").isGreaterThan(Duration.ofMillis(900));
    }

    @Test
    void refusalOfThePlatformApiPausesNothing() {
        fal.answersWith(401, "{\"detail\":\"no\"}");
        assertThat(list()).isInstanceOf(EndedPage.Refused.class);
        assertThat(client.paused()).isEmpty();
    }

    @Test
    void whileTheQueueRefusesTheKeyThePlatformApiIsNotAskedEvenAfterThePause() {
        fal.answersWith(401, "{\"detail\":\"no\"}");
        assertThat(client.status(REQUEST)).isInstanceOf(FalAnswer.AccessRefused.class);
        assertThat(list()).isInstanceOf(EndedPage.Unclear.class);
        clock.advance(Duration.ofMinutes(2));
        assertThat(list()).as("between the probes").isInstanceOf(EndedPage.Unclear.class);
        assertThat(fal.requests).hasSize(1);
    }
}
