package avatarmonitor.process;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.emulator.scenario.Course;
import avatarmonitor.emulator.scenario.Fault;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.process.Dashboard.Look;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.TestDatabase;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Texts and formats on the page. */
final class PageWordsIT {
    @RegisterExtension
    static final Chromium CHROMIUM = new Chromium();

    @RegisterExtension
    private final Site site = Site.on(TestDatabase.H2).with("http.enabled", "true");

    private final int port = DashboardIT.freePort();
    private final String address = "http://127.0.0.1:" + port;

    @Test
    void workerWhoseKeyIsRefusedIsShownAsPausedAndSinceWhen() {
        site.look(avatars -> planted(avatars, "0198a1b2-0000-7000-8000-000000000001"));
        site.fal().inject(Fault.unauthorized());
        startWorker();
        try (Dashboard dashboard = CHROMIUM.open(address, Look.LIGHT)) {
            dashboard.visit("#/workers").awaitLive();
            assertThat(dashboard.awaitRow("paused since "))
                    .containsText(
                            Pattern.compile("paused since \\d\\d:.*, next try \\d\\d:.*: fal rejects the API key"));
            dashboard
                    .visit("")
                    .awaitText("h1", "Polling stopped: fal rejects the API key")
                    .awaitText(".facts", "polling stopped");
            assertThat(dashboard.complaints()).isEmpty();
        }
    }

    @Test
    void figuresAtEqualDistancesAndIdsOfOneMomentCanBeReportedApart() {
        List<String> ids = site.look(avatars -> List.of(
                planted(avatars, "0198a1b2-0000-7000-8000-000000000001"),
                planted(avatars, "0198a1b2-0000-7000-8000-00000000a002")));
        startWorker();
        try (Dashboard dashboard = CHROMIUM.open(address, Look.LIGHT)) {
            dashboard.visit("#/events").awaitLive();
            for (String id : ids) {
                assertThat(dashboard
                                .awaitRow("0198a1b2…" + id.substring(id.length() - 6))
                                .locator("a.avatar"))
                        .hasAttribute("title", id);
            }
            assertThat(dashboard.page().evaluate("""
                            async () => {
                              const { millis } = await import('/js/words.js');
                              return [0, 850, 50_000, 100_000, 150_000, 200_000, 3_599_600, 5_400_000].map(millis);
                            }"""))
                    .isEqualTo(List.of("0 ms", "850 ms", "50.0 s", "1m 40s", "2m 30s", "3m 20s", "1h", "1h 30m"));
            assertThat(dashboard.complaints()).isEmpty();
        }
    }

    private String planted(Avatars avatars, String id) {
        String request = UUID.randomUUID().toString();
        site.fal().register(Site.PORTRAIT, request, Scenario.stalled(Course.Stall.IN_PROGRESS));
        avatars.run(
                "INSERT INTO avatars (id, training_type, status, fal_request_id, training_started_at)"
                        + " VALUES (CAST(? AS uuid), 'PORTRAIT', 'TRAINING', ?, now())",
                id,
                request);
        return id;
    }

    private void startWorker() {
        site.with("http.port", String.valueOf(port)).startWorker().awaitStarted();
    }
}
