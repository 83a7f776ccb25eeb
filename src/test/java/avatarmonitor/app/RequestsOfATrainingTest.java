package avatarmonitor.app;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.config.SettingsLoader;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.fal.FalRequestId;
import avatarmonitor.hint.HintSource;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How many requests one training of half an hour costs at the default intervals, as docs/configuration.md says. */
final class RequestsOfATrainingTest {
    private static final Duration STEP = Duration.ofSeconds(10);
    private static final int STEPS_PER_MINUTE = 6;

    /** Between two rounds of the platform API and two fires. */
    private static final Duration RUN = Duration.ofMinutes(30).minusSeconds(15);

    @Test
    void fiveWithProvenHints() throws InterruptedException {
        assertThat(requests(true))
                .containsExactly(
                        "STATUS at 0 s", "STATUS at 600 s", "STATUS at 1200 s", "STATUS at 1790 s", "RESULT at 1790 s");
    }

    @Test
    void oneEachMinuteAndTheResultWithoutHints() throws InterruptedException {
        List<String> requests = requests(false);

        assertThat(requests).hasSize(32).startsWith("STATUS at 0 s", "STATUS at 60 s");
        assertThat(requests.subList(30, 32)).containsExactly("STATUS at 1800 s", "RESULT at 1800 s");
    }

    private static List<String> requests(boolean hints) throws InterruptedException {
        Duration withHints = new SettingsLoader(Map.of(), Path.of("target"), "w")
                .load(Optional.empty())
                .monitor()
                .intervalWithHints();
        try (PlatformSite site = new PlatformSite(withHints)) {
            site.monitored();
            if (hints) {
                site.hints.reported(new FalRequestId("earlier"), HintSource.HISTORY, true);
                site.fal.advance(Duration.ofHours(1));
            }
            Instant began = site.fal.now();
            AvatarId id = site.train(
                    "r-1", Scenario.standard().withQueue(Duration.ZERO, 0).withRun(RUN));
            for (int step = 0; "TRAINING".equals(site.avatars.row(id).get("status")); step++) {
                if (hints) {
                    site.round();
                }
                if (step % STEPS_PER_MINUTE == 0
                        && "TRAINING".equals(site.avatars.row(id).get("status"))) {
                    site.check.check(id, false);
                }
                site.fal.advance(STEP);
            }
            assertThat(site.avatars.row(id)).containsEntry("status", "COMPLETED");
            return site.fal.calls(call -> "r-1".equals(call.requestId())).stream()
                    .map(call -> call.op() + " at "
                            + Duration.between(began, call.at()).toSeconds() + " s")
                    .toList();
        }
    }
}
